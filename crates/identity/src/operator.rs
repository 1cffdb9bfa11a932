//! Who may do what. For now: the operator token, and the secret that media links are signed with.
//!
//! The operator token has 256 random bits; only its SHA-256 is stored, which is enough for a secret
//! that nobody can guess. It is made at first start, printed once with the set-up link, and replaced
//! by `marquee operator token`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_storage::{Db, StorageError, meta};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::chance::{self, SystemChance};
use crate::{IdentityError, Secret};

const OPERATOR_TOKEN: &str = "operator_token_sha256";
const LINK_SECRET: &str = "media_link_secret";

fn random() -> Result<[u8; 32], IdentityError> {
    chance::bytes(&SystemChance)
}

pub(crate) fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

/// Makes a new operator token; the one before it stops working at once.
///
/// # Errors
/// When storage fails.
pub async fn replace_operator_token(db: &Db) -> Result<Secret, IdentityError> {
    let token = format!("mqo_{}", URL_SAFE_NO_PAD.encode(random()?));
    let mut unit = db.begin().await?;
    meta::set(&mut unit, OPERATOR_TOKEN, &hash(&token)).await?;
    unit.save().await?;
    Ok(Secret::new(token))
}

/// Makes the first operator token, or none when there is one already.
///
/// # Errors
/// When storage fails.
pub async fn first_operator_token(db: &Db) -> Result<Option<Secret>, IdentityError> {
    if meta::get(&mut db.reader(), OPERATOR_TOKEN).await?.is_some() {
        return Ok(None);
    }
    // Two nodes may start at once: whoever stores first wins, the other prints nothing.
    let token = format!("mqo_{}", URL_SAFE_NO_PAD.encode(random()?));
    let mut unit = db.begin().await?;
    let stored = meta::get_or_set(&mut unit, OPERATOR_TOKEN, &hash(&token)).await?;
    unit.save().await?;
    Ok((stored == hash(&token)).then(|| Secret::new(token)))
}

/// Whether a token is the operator's.
///
/// # Errors
/// When storage fails.
pub async fn is_operator(db: &Db, token: &str) -> Result<bool, IdentityError> {
    let Some(stored) = meta::get(&mut db.reader(), OPERATOR_TOKEN).await? else {
        return Ok(false);
    };
    Ok(hash(token).as_bytes().ct_eq(stored.as_bytes()).into())
}

/// The secret that media links are signed with, the same on every node; made on first use.
///
/// # Errors
/// When storage fails.
pub async fn link_secret(db: &Db) -> Result<Vec<u8>, IdentityError> {
    let mut stored = meta::get(&mut db.reader(), LINK_SECRET).await?;
    if stored.is_none() {
        let mut unit = db.begin().await?;
        stored = Some(
            meta::get_or_set(&mut unit, LINK_SECRET, &URL_SAFE_NO_PAD.encode(random()?)).await?,
        );
        unit.save().await?;
    }
    let corrupt = StorageError::Corrupt {
        table: "meta",
        column: "value",
        id: LINK_SECRET.to_owned(),
    };
    let bytes = URL_SAFE_NO_PAD
        .decode(stored.unwrap_or_default())
        .ok()
        .filter(|bytes| bytes.len() == 32);
    Ok(bytes.ok_or(corrupt)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use marquee_storage::DbOptions;

    #[tokio::test]
    async fn the_operator_token_is_made_once_and_can_be_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&DbOptions::new(dir.path().join("a.db").to_string_lossy()))
            .await
            .unwrap();
        let first = first_operator_token(&db).await.unwrap().unwrap();
        assert!(first_operator_token(&db).await.unwrap().is_none());
        assert!(is_operator(&db, first.expose()).await.unwrap());
        let second = replace_operator_token(&db).await.unwrap();
        assert!(!is_operator(&db, first.expose()).await.unwrap());
        assert!(is_operator(&db, second.expose()).await.unwrap());
        assert!(!is_operator(&db, "").await.unwrap());
        assert_eq!(format!("{second:?}"), "[redacted]");
        assert_eq!(
            link_secret(&db).await.unwrap(),
            link_secret(&db).await.unwrap()
        );
    }
}
