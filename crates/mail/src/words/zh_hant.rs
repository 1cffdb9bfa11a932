//! Chinese in traditional characters.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "您的 {platform} 驗證碼",
        first: &["輸入此驗證碼即可完成註冊。驗證碼在 {minutes} 分鐘內有效。"],
        then: &[],
        action: "",
        last: &["如果您沒有註冊，請忽略此郵件。請勿將驗證碼告訴任何人。"],
    },
    sign_up_known: Piece {
        subject: "您在 {platform} 已有帳號",
        first: &["有人用此地址註冊，而該地址已有帳號。沒有任何變更。"],
        then: &["如果是您本人，請直接登入。如果忘記了密碼，請設定新密碼。"],
        action: "登入",
        last: &["如果不是您本人，無需進行任何操作。"],
    },
    password_reset: Piece {
        subject: "為 {platform} 設定新密碼",
        first: &["透過此連結可設定新密碼。連結在 {minutes} 分鐘內有效，只能使用一次。"],
        then: &[],
        action: "設定新密碼",
        last: &["如果您沒有提出請求，請忽略此郵件。您的密碼不會改變。"],
    },
    address_change_code: Piece {
        subject: "新地址的驗證碼",
        first: &[
            "輸入此驗證碼，即可將此地址用於您的 {platform} 帳號。驗證碼在 {minutes} 分鐘內有效。",
        ],
        then: &[],
        action: "",
        last: &["如果您沒有提出請求，請忽略此郵件。請勿將驗證碼告訴任何人。"],
    },
    password_changed: Piece {
        subject: "您的密碼已變更",
        first: &["您的 {platform} 帳號的密碼已變更。所有裝置均已登出。"],
        then: &["如果不是您本人，請立即設定新密碼。"],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "您帳號的地址已變更",
        first: &["您的 {platform} 帳號的地址現為 {address}。今後郵件將寄到該地址。"],
        then: &["如果不是您本人，請立即告知 {platform} 的管理者。"],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "有新裝置登入",
        first: &["一台未知裝置登入了您的 {platform} 帳號。"],
        then: &["如果不是您本人，請將其登出並設定新密碼。"],
        action: "將此裝置登出",
        last: &["如果是您本人，無需進行任何操作。"],
    },
    session_revoked: Piece {
        subject: "為安全起見，一台裝置已登出",
        first: &[
            "您的 {platform} 帳號的一次登入在兩個地方被使用。可能有人複製了它，因此已將其終止。",
        ],
        then: &["請在此裝置上重新登入。如發現異常，請設定新密碼。"],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "兩個帳號已合併",
        first: &["帳號 {address} 已合併到您的 {platform} 帳號。"],
        then: &["您可以在 {days} 天內復原。"],
        action: "復原",
        last: &["如果是您本人且一切正常，無需進行任何操作。"],
    },
    account_deleted: Piece {
        subject: "您的帳號已刪除",
        first: &["您的 {platform} 帳號及其全部內容已刪除。"],
        then: &["如果不是您本人，請告知 {platform} 的管理者。"],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "兩步驟登入已關閉",
        first: &["您的 {platform} 帳號的第二步驗證已移除。現在只需密碼即可登入。"],
        then: &["如果不是您本人，請立即設定新密碼。"],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "復原碼已被使用",
        first: &["有人使用復原碼登入了您的 {platform} 帳號。剩餘復原碼：{left} 個。"],
        then: &["如果不是您本人，請立即設定新密碼。"],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "{platform} 的郵件可以使用",
        first: &["這是一封測試郵件。郵件已設定完成。"],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "設定新密碼",
    device: "裝置",
    app: "應用程式",
    place: "地點",
    time: "時間",
    footer: "由 {platform} 寄出，{url}",
};
