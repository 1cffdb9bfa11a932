//! What links begin with.

use std::sync::{Arc, PoisonError, RwLock};

/// The address under which the platform is known, such as `https://tv.example`: without a slash at the end. An operator
/// may change it while everything runs, so whoever makes a link asks for it then; copies of this value see the same.
#[derive(Debug, Clone)]
pub struct PublicUrl(Arc<RwLock<Arc<str>>>);

impl PublicUrl {
    /// A value that begins with an address.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self(Arc::new(RwLock::new(trimmed(address))))
    }

    /// The address in force.
    #[must_use]
    pub fn current(&self) -> Arc<str> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts another one in force.
    pub fn set(&self, address: &str) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = trimmed(address);
    }
}

fn trimmed(address: &str) -> Arc<str> {
    address.trim_end_matches('/').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_see_what_is_in_force() {
        let one = PublicUrl::new("http://tv.home:8080/");
        let other = one.clone();
        assert_eq!(&*other.current(), "http://tv.home:8080");
        one.set("https://tv.example");
        assert_eq!(&*other.current(), "https://tv.example");
    }
}
