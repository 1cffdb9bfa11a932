//! Automata over dictionaries whose terms end in a zero byte and a language.

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::sync::LazyLock;
use tantivy_fst::Automaton;

/// Parts a folded text from the language behind it; folded text has no control characters.
pub(crate) const END: u8 = 0;

/// Tables for one and two errors; a swap of neighbours counts one.
static BUILDERS: LazyLock<[LevenshteinAutomatonBuilder; 2]> = LazyLock::new(|| {
    [
        LevenshteinAutomatonBuilder::new(1, true),
        LevenshteinAutomatonBuilder::new(2, true),
    ]
});

/// Accepts terms whose text is within some errors of the wanted one, in any language.
pub(crate) struct Near {
    dfa: DFA,
}

/// Where the automaton stands.
#[derive(Clone, Copy)]
pub(crate) enum State {
    /// Inside the text.
    Text(u32),
    /// Behind its end; the number is the state that it ended in.
    Language,
    Dead,
}

impl Near {
    /// `errors` is 1 or 2. With `beginning`, terms that only begin like that are accepted too.
    pub(crate) fn new(text: &str, errors: u8, beginning: bool) -> Self {
        let builder = &BUILDERS[usize::from(errors > 1)];
        let dfa = if beginning {
            builder.build_prefix_dfa(text)
        } else {
            builder.build_dfa(text)
        };
        Self { dfa }
    }

    /// Errors between the wanted text and an accepted term (with its language).
    pub(crate) fn errors(&self, term: &[u8]) -> u8 {
        let text = term.split(|byte| *byte == END).next().unwrap_or_default();
        self.dfa.eval(text).to_u8()
    }
}

impl Automaton for Near {
    type State = State;

    fn start(&self) -> State {
        State::Text(self.dfa.initial_state())
    }

    fn is_match(&self, state: &State) -> bool {
        match state {
            State::Text(inner) => matches!(self.dfa.distance(*inner), Distance::Exact(_)),
            State::Language => true,
            State::Dead => false,
        }
    }

    fn can_match(&self, state: &State) -> bool {
        !matches!(state, State::Dead)
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        match *state {
            State::Text(inner) if byte == END => {
                if matches!(self.dfa.distance(inner), Distance::Exact(_)) {
                    State::Language
                } else {
                    State::Dead
                }
            }
            State::Text(inner) => match self.dfa.transition(inner, byte) {
                SINK_STATE => State::Dead,
                next => State::Text(next),
            },
            other => other,
        }
    }
}

/// How many errors a text of so many letters may have: one from four, two from eight.
pub(crate) fn allowed_errors(letters: usize) -> u8 {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(near: &Near, term: &str) -> bool {
        let mut state = near.start();
        for byte in term.bytes() {
            state = near.accept(&state, byte);
        }
        near.is_match(&state)
    }

    #[test]
    fn languages_behind_the_end_do_not_count() {
        let near = Near::new("matrix", 1, false);
        for good in ["matrix\0en", "matrx\0zh-hans", "amtrix\0en", "matrixx\0pt"] {
            assert!(accepts(&near, good), "{good}");
        }
        for bad in ["matrixes\0en", "mtrx\0en", "matri", "\0en"] {
            assert_eq!(accepts(&near, bad), bad == "matri", "{bad}");
        }
        assert_eq!(near.errors(b"amtrix\0en"), 1);
        assert_eq!(near.errors(b"matrix\0en"), 0);
    }

    #[test]
    fn letters_of_several_bytes_are_one_letter() {
        let near = Near::new("偽恋物語集", 1, false);
        assert!(accepts(&near, "偽恋語物集\0ja"));
        assert!(!accepts(&near, "偽恋集語物\0ja"));
    }

    #[test]
    fn beginnings() {
        let near = Near::new("strnger", 1, true);
        assert!(accepts(&near, "strangerthings\0en"));
        assert!(!accepts(
            &Near::new("strnger", 1, false),
            "strangerthings\0en"
        ));
    }
}
