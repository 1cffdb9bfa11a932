//! Paths of the pages that letters and televisions lead to, below the public address.

/// Where somebody signs in.
pub const SIGN_IN: &str = "/sign-in";
/// Where somebody asks for a new password.
pub const FORGOT: &str = "/forgot-password";
/// Where a mailed token sets a new password (`?token=`).
pub const RESET: &str = "/reset-password";
/// Where a code of a television is typed (`?code=`).
pub const ACTIVATE: &str = "/activate";
/// Where a mailed token ends a session (`?token=`).
pub const REVOKE: &str = "/end-session";
/// Where a mailed token undoes a merge (`?token=`).
pub const UNDO_MERGE: &str = "/undo-merge";
