//! Chance as a parameter.

use crate::{IdentityError, Result};

/// Where random bytes come from.
pub trait Chance: Send + Sync + 'static {
    /// Fills with bytes that nobody can guess.
    ///
    /// # Errors
    /// When there are none.
    fn fill(&self, bytes: &mut [u8]) -> Result<()>;
}

/// The system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| IdentityError::Random)
    }
}

/// This many random bytes.
pub(crate) fn bytes<const N: usize>(chance: &dyn Chance) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    chance.fill(&mut bytes)?;
    Ok(bytes)
}

/// A code of `length` characters of `alphabet`, each equally likely.
pub(crate) fn code(chance: &dyn Chance, alphabet: &[u8], length: usize) -> Result<String> {
    // Bytes from the end that would favour the first characters are drawn again.
    let fair = 256 - 256 % alphabet.len().max(1);
    let mut code = String::with_capacity(length);
    while code.len() < length {
        let drawn: [u8; 16] = bytes(chance)?;
        for byte in drawn {
            if usize::from(byte) < fair
                && code.len() < length
                && let Some(character) = alphabet.get(usize::from(byte) % alphabet.len())
            {
                code.push(char::from(*character));
            }
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_use_the_whole_alphabet_evenly() {
        let mut counts = [0_u32; 10];
        let code = code(&SystemChance, b"0123456789", 20_000).unwrap();
        assert_eq!(code.len(), 20_000);
        for digit in code.bytes() {
            counts[usize::from(digit - b'0')] += 1;
        }
        // Five standard deviations of a binomial distribution around 2,000.
        assert!(
            counts.iter().all(|n| (1_780..2_220).contains(n)),
            "{counts:?}"
        );
    }
}
