//! Chinese in simplified characters.

use super::{Piece, Words};

pub(super) const WORDS: Words = Words {
    sign_up_code: Piece {
        subject: "您的 {platform} 验证码",
        first: &["输入此验证码即可完成注册。验证码在 {minutes} 分钟内有效。"],
        then: &[],
        action: "",
        last: &["如果您没有注册，请忽略此邮件。请勿将验证码告诉任何人。"],
    },
    sign_up_known: Piece {
        subject: "您在 {platform} 已有账号",
        first: &["有人用此地址注册，而该地址已有账号。没有任何更改。"],
        then: &["如果是您本人，请直接登录。如果忘记了密码，请设置新密码。"],
        action: "登录",
        last: &["如果不是您本人，无需进行任何操作。"],
    },
    password_reset: Piece {
        subject: "为 {platform} 设置新密码",
        first: &["通过此链接可设置新密码。链接在 {minutes} 分钟内有效，只能使用一次。"],
        then: &[],
        action: "设置新密码",
        last: &["如果您没有提出请求，请忽略此邮件。您的密码不会改变。"],
    },
    address_change_code: Piece {
        subject: "新地址的验证码",
        first: &[
            "输入此验证码，即可将此地址用于您的 {platform} 账号。验证码在 {minutes} 分钟内有效。",
        ],
        then: &[],
        action: "",
        last: &["如果您没有提出请求，请忽略此邮件。请勿将验证码告诉任何人。"],
    },
    password_changed: Piece {
        subject: "您的密码已更改",
        first: &["您的 {platform} 账号的密码已更改。所有设备均已退出登录。"],
        then: &["如果不是您本人，请立即设置新密码。"],
        action: "",
        last: &[],
    },
    address_changed: Piece {
        subject: "您账号的地址已更改",
        first: &["您的 {platform} 账号的地址现为 {address}。今后邮件将发送到该地址。"],
        then: &["如果不是您本人，请立即告知 {platform} 的管理者。"],
        action: "",
        last: &[],
    },
    new_device: Piece {
        subject: "有新设备登录",
        first: &["一台未知设备登录了您的 {platform} 账号。"],
        then: &["如果不是您本人，请将其退出登录并设置新密码。"],
        action: "让此设备退出登录",
        last: &["如果是您本人，无需进行任何操作。"],
    },
    session_revoked: Piece {
        subject: "为安全起见，一台设备已退出登录",
        first: &[
            "您的 {platform} 账号的一次登录在两个地方被使用。可能有人复制了它，因此已将其终止。",
        ],
        then: &["请在此设备上重新登录。如发现异常，请设置新密码。"],
        action: "",
        last: &[],
    },
    accounts_merged: Piece {
        subject: "两个账号已合并",
        first: &["账号 {address} 已合并到您的 {platform} 账号。"],
        then: &["您可以在 {days} 天内撤销。"],
        action: "撤销",
        last: &["如果是您本人且一切正常，无需进行任何操作。"],
    },
    account_deleted: Piece {
        subject: "您的账号已删除",
        first: &["您的 {platform} 账号及其全部内容已删除。"],
        then: &["如果不是您本人，请告知 {platform} 的管理者。"],
        action: "",
        last: &[],
    },
    factor_removed: Piece {
        subject: "两步登录已关闭",
        first: &["您的 {platform} 账号的第二步验证已移除。现在只需密码即可登录。"],
        then: &["如果不是您本人，请立即设置新密码。"],
        action: "",
        last: &[],
    },
    recovery_code_used: Piece {
        subject: "恢复码已被使用",
        first: &["有人使用恢复码登录了您的 {platform} 账号。剩余恢复码：{left} 个。"],
        then: &["如果不是您本人，请立即设置新密码。"],
        action: "",
        last: &[],
    },
    test: Piece {
        subject: "{platform} 的邮件可以使用",
        first: &["这是一封测试邮件。邮件已设置完成。"],
        then: &[],
        action: "",
        last: &[],
    },
    reset: "设置新密码",
    device: "设备",
    app: "应用",
    place: "地点",
    time: "时间",
    footer: "由 {platform} 发送，{url}",
};
