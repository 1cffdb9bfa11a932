//! Reading the members of a record, each with its rule and a sentence for when it is broken.

mod inside;

use std::collections::BTreeMap;

use marquee_domain::Texts;
use marquee_domain::clock::{Timestamp, parse_rfc3339};
use marquee_domain::language::LanguageTag;
use serde_json::{Map, Value};

use super::parse::Fault;

/// Longest external key, in characters.
const MAX_KEY: usize = 200;
/// Longest title, name or label, in characters.
pub(super) const MAX_TITLE: usize = 500;
/// Longest synopsis or description, in characters.
pub(super) const MAX_SYNOPSIS: usize = 20_000;
/// Most languages of one text.
const MAX_LANGUAGES: usize = 64;
/// Most entries of one list.
const MAX_LIST: usize = 500;

/// The members of a record, taken out one by one so that what nobody asked for can be refused.
pub(super) struct Fields {
    members: Map<String, Value>,
    id: Option<String>,
}

impl Fields {
    pub(super) fn new(members: Map<String, Value>) -> Self {
        Self { members, id: None }
    }

    pub(super) fn fault(&self, field: &str, reason: impl Into<String>) -> Fault {
        Fault {
            id: self.id.clone(),
            field: Some(field.to_owned()),
            reason: reason.into(),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Drops members that are known and not used.
    pub(super) fn ignore(&mut self, names: &[&str]) {
        for name in names {
            self.members.remove(*name);
        }
    }

    /// Ends reading; anything left is unknown.
    pub(super) fn finish(self) -> Result<(), Fault> {
        match self.members.keys().next() {
            Some(name) => {
                Err(self.fault(name, "this member is not known; see docs/import-format.md"))
            }
            None => Ok(()),
        }
    }

    fn checked(&self, field: &str, text: &str, max: usize) -> Result<String, Fault> {
        let text = text.trim();
        if text.contains('\0') {
            return Err(self.fault(field, "it holds a NUL character"));
        }
        let length = text.chars().count();
        if length > max {
            return Err(self.fault(
                field,
                format!("it has {length} characters; {max} are the most"),
            ));
        }
        Ok(text.to_owned())
    }

    /// The external key. Later faults name it.
    pub(super) fn key(&mut self) -> Result<String, Fault> {
        let value = self
            .take("id")
            .ok_or_else(|| self.fault("id", "it is missing"))?;
        let Value::String(text) = value else {
            return Err(self.fault("id", "it must be text"));
        };
        let key = self.checked("id", &text, MAX_KEY)?;
        if key.is_empty() {
            return Err(self.fault("id", "it is empty"));
        }
        self.id = Some(key.clone());
        Ok(key)
    }

    /// A text of at most `max` characters; an empty one counts as absent.
    pub(super) fn text(&mut self, name: &str, max: usize) -> Result<Option<String>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => {
                Ok(Some(self.checked(name, &text, max)?).filter(|text| !text.is_empty()))
            }
            Some(_) => Err(self.fault(name, "it must be text")),
        }
    }

    /// A short text.
    pub(super) fn label(&mut self, name: &str) -> Result<Option<String>, Fault> {
        self.text(name, MAX_TITLE)
    }

    /// A whole number within bounds.
    pub(super) fn integer(&mut self, name: &str, min: i64, max: i64) -> Result<Option<i64>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_i64().filter(|number| (min..=max).contains(number)) {
                Some(number) => Ok(Some(number)),
                None => Err(self.fault(
                    name,
                    format!("it must be a whole number from {min} to {max}"),
                )),
            },
        }
    }

    /// A number of at least zero, with or without a fraction.
    pub(super) fn number(&mut self, name: &str, max: f64) -> Result<Option<f64>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_f64().filter(|number| (0.0..=max).contains(number)) {
                Some(number) => Ok(Some(number)),
                None => Err(self.fault(name, format!("it must be a number from 0 to {max}"))),
            },
        }
    }

    /// True or false; false when it is absent.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Fault> {
        self.flag_or(name, false)
    }

    /// True or false, or what holds when it is absent.
    pub(super) fn flag_or(&mut self, name: &str, absent: bool) -> Result<bool, Fault> {
        match self.take(name) {
            None => Ok(absent),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(self.fault(name, "it must be true or false")),
        }
    }

    /// An instant.
    pub(super) fn instant(&mut self, name: &str) -> Result<Option<Timestamp>, Fault> {
        let Some(text) = self.label(name)? else {
            return Ok(None);
        };
        parse_rfc3339(&text)
            .map(Some)
            .ok_or_else(|| self.fault(name, "it must be a time such as 2024-03-01T00:00:00Z"))
    }

    /// A day, `YYYY-MM-DD`. A year or month alone is no day and counts as absent.
    pub(super) fn day(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(text) = self.label(name)? else {
            return Ok(None);
        };
        let partial =
            matches!(text.len(), 4 | 7) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if partial {
            return Ok(None);
        }
        if text.len() == 10 && parse_rfc3339(&text).is_some() {
            Ok(Some(text))
        } else {
            Err(self.fault(name, "it must be a day such as 2024-03-01"))
        }
    }

    /// A language tag.
    pub(super) fn language(&mut self, name: &str) -> Result<Option<LanguageTag>, Fault> {
        let Some(text) = self.label(name)? else {
            return Ok(None);
        };
        LanguageTag::parse(&text)
            .map(Some)
            .ok_or_else(|| self.fault(name, "it must be a language tag such as ko or zh-hant"))
    }

    /// Text by language; a bare text counts as one of unknown language.
    pub(super) fn texts(&mut self, name: &str, max: usize) -> Result<Texts, Fault> {
        let map: BTreeMap<String, Value> = match self.take(name) {
            None => return Ok(Texts::default()),
            Some(Value::Object(map)) => map.into_iter().collect(),
            Some(Value::String(text)) => BTreeMap::from([("und".to_owned(), Value::String(text))]),
            Some(_) => {
                return Err(self.fault(
                    name,
                    "it must be texts by language, such as {\"en\": \"…\"}",
                ));
            }
        };
        if map.len() > MAX_LANGUAGES {
            return Err(self.fault(name, format!("it has more than {MAX_LANGUAGES} languages")));
        }
        let mut texts = Texts::default();
        for (tag, value) in map {
            // Some catalogs leave the tag empty where they do not know the language.
            let tag = if tag.is_empty() {
                "und".to_owned()
            } else {
                tag
            };
            let field = format!("{name}.{tag}");
            let language = LanguageTag::parse(&tag).ok_or_else(|| {
                self.fault(&field, "it is not a language tag such as ko or zh-hant")
            })?;
            let Value::String(text) = value else {
                return Err(self.fault(&field, "it must be text"));
            };
            texts.set(language, &self.checked(&field, &text, max)?);
        }
        Ok(texts)
    }

    /// Titles or names: at least one.
    pub(super) fn titles(&mut self, name: &str) -> Result<Texts, Fault> {
        let texts = self.texts(name, MAX_TITLE)?;
        if texts.is_empty() {
            Err(self.fault(name, "at least one is needed"))
        } else {
            Ok(texts)
        }
    }

    /// A list of values.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, Fault> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() <= MAX_LIST => Ok(list),
            Some(Value::Array(_)) => {
                Err(self.fault(name, format!("it has more than {MAX_LIST} entries")))
            }
            Some(_) => Err(self.fault(name, "it must be a list")),
        }
    }

    /// Whether a list is there at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// A list of short texts, empty ones left out.
    pub(super) fn labels(&mut self, name: &str) -> Result<Vec<String>, Fault> {
        let mut labels = Vec::new();
        for (index, value) in self.list(name)?.into_iter().enumerate() {
            let field = format!("{name}[{index}]");
            let Value::String(text) = value else {
                return Err(self.fault(&field, "it must be text"));
            };
            labels.push(self.checked(&field, &text, MAX_TITLE)?);
        }
        labels.retain(|label| !label.is_empty());
        Ok(labels)
    }
}
