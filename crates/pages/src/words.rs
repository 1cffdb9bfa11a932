//! What pages say, one file per language; a text that one of them lacks does not compile.
//!
//! `{who}` and `{n}` are filled with a value.

mod en;
mod es;
mod ko;
mod pt;
mod zh_hans;
mod zh_hant;

use marquee_domain::UiLanguage;

macro_rules! words {
    ($($name:ident)+) => {
        /// Every text of a language.
        pub(crate) struct Words { $(pub(crate) $name: &'static str),+ }

        #[cfg(test)]
        impl Words {
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

words! {
    // Everywhere.
    language home go_on email_needed password_needed code_needed error_prefix check_fields
    email email_bad password new_password password_hint display_name name_bad
    wait_s wait_min wait_h slow busy unavailable error_title form_bad foreign_title foreign
    unknown device app network since device_web device_mobile device_tablet device_ctv
    // Signing in and out.
    sign_in forgot no_account sign_up credentials_wrong disabled
    factor_title factor_lead factor_code factor_hint factor_needed factor_wrong start_over
    signed_in_as sign_out signed_out password_set
    // Signing up.
    sign_up_title sign_up_lead send_code have_account code_title code_lead code send_again sent_again
    other_address code_wrong code_expired not_verified finish_title finish_lead create address_taken
    password_short password_long password_plain password_common password_own
    // A new password.
    forgot_title forgot_lead send_link look_into_mail link_sent reset_title reset_lead set_password
    link_bad_title link_bad ask_again ask_password
    // Televisions.
    activate_title activate_lead tv_code shown_code confirm_title confirm_lead same_network other_network unknown_network
    confirm_warning let_in turn_away let_in_title let_in_done turned_away_title turned_away
    activation_unknown activation_used
    // What links in mails lead to.
    end_title end_lead end_session ended_title ended ended_more session_gone
    undo_title undo_lead undo undone_title undone merge_gone
}

impl Words {
    pub(crate) fn of(language: UiLanguage) -> &'static Self {
        match language {
            UiLanguage::Ko => &ko::WORDS,
            UiLanguage::En => &en::WORDS,
            UiLanguage::Es => &es::WORDS,
            UiLanguage::ZhHans => &zh_hans::WORDS,
            UiLanguage::ZhHant => &zh_hant::WORDS,
            UiLanguage::Pt => &pt::WORDS,
        }
    }
}

/// A text with a value in its place.
pub(crate) fn fill(text: &str, name: &str, value: &str) -> String {
    text.replace(&format!("{{{name}}}"), value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that are the same in some languages.
    const ALIKE: &[(&str, UiLanguage)] = &[("device_tablet", UiLanguage::Pt)];

    #[test]
    fn nothing_is_left_in_english_and_nothing_is_left_out() {
        let english = Words::of(UiLanguage::En).all();
        for language in UiLanguage::ALL {
            for ((name, text), (_, original)) in Words::of(language).all().iter().zip(&english) {
                assert!(!text.trim().is_empty(), "{name} in {language:?}");
                let same = text == original && language != UiLanguage::En;
                let meant = ALIKE.iter().any(|(n, l)| n == name && *l == language);
                assert!(!same || meant, "{name} is English in {language:?}: {text}");
                for place in ["{who}", "{n}"] {
                    let both = text.matches(place).count() == original.matches(place).count();
                    assert!(both, "{name} in {language:?} fills {place} otherwise");
                }
                let places = text.matches("{who}").count() + text.matches("{n}").count();
                assert_eq!(places, text.matches('{').count(), "{name} in {language:?}");
            }
        }
    }
}
