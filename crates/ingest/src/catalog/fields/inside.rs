//! Objects inside a record.

use serde_json::{Map, Value};

use super::{Fields, MAX_LIST};
use crate::catalog::parse::Fault;

impl Fields {
    /// Ends reading an object inside a record.
    pub(in crate::catalog) fn finish_in(self, field: &str) -> Result<(), Fault> {
        self.finish().map_err(|fault| fault.inside(field))
    }

    /// One value as the only member of an object.
    pub(in crate::catalog) fn alone(&self, name: &str, value: Value) -> Self {
        Self {
            members: Map::from_iter([(name.to_owned(), value)]),
            id: self.id.clone(),
        }
    }

    /// The members of an object inside a list.
    pub(in crate::catalog) fn nested(&self, field: &str, value: Value) -> Result<Self, Fault> {
        match value {
            Value::Object(members) => Ok(Self {
                members,
                id: self.id.clone(),
            }),
            _ => Err(self.fault(field, "it must be an object")),
        }
    }

    /// Lists of texts by language, flattened.
    pub(in crate::catalog) fn texts_flat(&mut self, name: &str) -> Result<Vec<String>, Fault> {
        let map = match self.take(name) {
            None => return Ok(Vec::new()),
            Some(Value::Object(map)) => map,
            Some(_) => return Err(self.fault(name, "it must be lists of texts by language")),
        };
        let mut flat = Vec::new();
        for (tag, value) in map {
            let mut inner = Self {
                members: Map::from_iter([(tag.clone(), value)]),
                id: self.id.clone(),
            };
            flat.extend(inner.labels(&tag).map_err(|fault| Fault {
                field: Some(format!("{name}.{}", fault.field.unwrap_or_default())),
                ..fault
            })?);
            if flat.len() > MAX_LIST {
                return Err(self.fault(name, format!("it has more than {MAX_LIST} entries")));
            }
        }
        Ok(flat)
    }

    /// A member as it is.
    pub(in crate::catalog) fn raw(&mut self, name: &str) -> Option<Value> {
        self.take(name)
    }
}
