//! English.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "Your code for {platform}",
        first: &["Type this code to finish signing up. It is good for {minutes} minutes."],
        then: &[],
        action: "",
        last: &["If you did not sign up, you can ignore this mail. Give the code to nobody."],
    },
    sign_up_known: Piece {
        subject: "You already have an account at {platform}",
        first: &[
            "Somebody signed up with this address, which already has an account. Nothing was changed.",
        ],
        then: &["If it was you, just sign in. If you forgot the password, set a new one."],
        action: "Sign in",
        last: &["If it was not you, there is nothing to do."],
    },
    password_reset: Piece {
        subject: "Set a new password for {platform}",
        first: &["With this link you set a new password. It works once, for {minutes} minutes."],
        then: &[],
        action: "Set a new password",
        last: &[
            "If you did not ask for it, you can ignore this mail. Your password stays as it is.",
        ],
    },
    address_change_code: Piece {
        subject: "Your code for the new address",
        first: &[
            "Type this code to use this address for your account at {platform}. It is good for {minutes} minutes.",
        ],
        then: &[],
        action: "",
        last: &["If you did not ask for it, you can ignore this mail. Give the code to nobody."],
    },
    password_changed: Piece {
        subject: "Your password was changed",
        first: &[
            "The password of your account at {platform} was changed. All devices were signed out.",
        ],
        then: &["If it was not you, set a new password at once."],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "The address of your account was changed",
        first: &[
            "Your account at {platform} now has the address {address}. Mails go there from now on.",
        ],
        then: &["If it was not you, tell whoever runs {platform} at once."],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "A new device signed in",
        first: &["A device that was not known signed in to your account at {platform}."],
        then: &["If it was not you, sign it out and set a new password."],
        action: "Sign this device out",
        last: &["If it was you, there is nothing to do."],
    },
    session_revoked: Piece {
        subject: "A device was signed out for safety",
        first: &[
            "A sign-in to your account at {platform} was used from two places. Somebody may have copied it, so it was ended.",
        ],
        then: &["Sign in again on this device. If anything looks strange, set a new password."],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "Two accounts were merged",
        first: &["The account {address} was merged into your account at {platform}."],
        then: &["You can undo this for {days} days."],
        action: "Undo",
        last: &["If it was you and all is well, there is nothing to do."],
    },
    account_deleted: Piece {
        subject: "Your account was deleted",
        first: &["Your account at {platform} was deleted, with everything in it."],
        then: &["If it was not you, tell whoever runs {platform}."],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "Two-step sign-in was switched off",
        first: &[
            "The second step of signing in was removed from your account at {platform}. The password alone is enough now.",
        ],
        then: &["If it was not you, set a new password at once."],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "A recovery code was used",
        first: &[
            "A recovery code was used to sign in to your account at {platform}. Codes left: {left}.",
        ],
        then: &["If it was not you, set a new password at once."],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "Mail from {platform} works",
        first: &["This is a test. Mail is set up."],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "Set a new password",
    device: "Device",
    app: "App",
    place: "Place",
    time: "Time",
    footer: "Sent by {platform}, {url}",
};
