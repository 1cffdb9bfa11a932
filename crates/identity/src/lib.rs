//! Accounts, credentials, sessions and tokens: who somebody is, and what they may do.
//!
//! One core for both auth faces. Rules are methods of [`Identity`], one module for each group; what
//! they store goes through `storage` in one unit of work, with the mails and audit events that
//! belong to it. Time and chance come from outside. Faces turn a [`Refusal`] into their own shape.

mod account;
mod activation;
mod address;
mod chance;
mod codes;
mod core;
mod deletion;
mod error;
mod events;
mod export;
mod factor;
mod hasher;
mod held;
mod keys;
mod letters;
mod link_token;
mod live;
mod merge;
mod operator;
mod page_session;
pub mod pages;
mod password;
mod people;
mod providers;
mod public_address;
mod seal;
mod secret;
mod sessions;
mod sign_in;
mod sign_up;
mod social;
#[cfg(feature = "testing")]
pub mod testing;
mod token;

pub use self::account::Linked;
pub use self::activation::Poll;
pub use self::address::Address;
pub use self::chance::{Chance, SystemChance};
pub use self::core::{Client, Identity, IdentitySettings};
pub use self::deletion::OwnProof;
pub use self::error::{IdentityError, Refusal, Result};
pub use self::factor::NewFactor;
pub use self::hasher::{Hasher, HasherSettings};
pub use self::letters::{open_letter, seal_letter};
pub use self::merge::Proof;
pub use self::operator::{first_operator_token, is_operator, link_secret, replace_operator_token};
pub use self::page_session::PAGE_MS;
pub use self::password::{Password, PasswordFault, PasswordRule};
pub use self::people::NewPerson;
pub use self::providers::{ProviderSettings, ProviderTrouble, Providers};
pub use self::public_address::{AddressOrigin, BadAddress, ChoiceError, PublicAddress};
pub use self::seal::{SECRET_LEN, Sealer, hold_secret};
pub use self::secret::Secret;
pub use self::sessions::SignedIn;
pub use self::sign_up::Registration;
pub use self::social::{NoProviders, SocialClaims, SocialSignIn, SocialTokens};
