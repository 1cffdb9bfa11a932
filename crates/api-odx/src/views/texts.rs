//! Short confirmations in the six languages.

use marquee_domain::UiLanguage;

/// One text in every language (ko, en, es, zh-hans, zh-hant, pt).
pub(crate) struct Text([&'static str; 6]);

impl Text {
    /// The text in a language.
    pub(crate) fn text(&self, language: UiLanguage) -> &'static str {
        let at = UiLanguage::ALL.iter().position(|one| *one == language);
        self.0.get(at.unwrap_or(1)).copied().unwrap_or_default()
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $texts:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: Text = Text($texts);)+
    };
}

texts! {
    /// A code was mailed.
    CODE_SENT = ["인증 코드를 보냈습니다.", "A code is on its way.", "Hemos enviado un código.", "验证码已发送。", "驗證碼已寄出。", "Enviamos um código."];
    /// The address is verified.
    VERIFIED = ["이메일 주소가 인증되었습니다.", "The address is verified.", "La dirección está verificada.", "邮箱已验证。", "電子郵件已驗證。", "O endereço foi verificado."];
    /// What was asked for comes by mail, if at all.
    CHECK_MAIL = ["메일을 확인하세요.", "Check your mail.", "Revise su correo.", "请查收邮件。", "請查收郵件。", "Verifique seu e-mail."];
    /// The password was changed.
    PASSWORD_CHANGED = ["비밀번호가 변경되었습니다.", "Password changed.", "Contraseña cambiada.", "密码已更改。", "密碼已變更。", "Senha alterada."];
    /// The address was changed.
    ADDRESS_CHANGED = ["이메일 주소가 변경되었습니다.", "Address changed.", "Dirección cambiada.", "邮箱已更改。", "電子郵件已變更。", "Endereço alterado."];
    /// Every session ended.
    SIGNED_OUT = ["모든 기기에서 로그아웃되었습니다.", "Signed out everywhere.", "Sesión cerrada en todas partes.", "已在所有设备上退出登录。", "已在所有裝置上登出。", "Você saiu de todos os lugares."];
    /// A television was let in.
    TV_CONNECTED = ["TV가 연결되었습니다.", "The TV is connected.", "El televisor está conectado.", "电视已连接。", "電視已連接。", "A TV está conectada."];
    /// A social identity was unlinked.
    UNLINKED = ["연결이 해제되었습니다.", "Unlinked.", "Desvinculada.", "已取消关联。", "已取消連結。", "Desvinculada."];
    /// The account was deleted.
    DELETED = ["계정이 삭제되었습니다.", "Account deleted.", "Cuenta eliminada.", "账户已删除。", "帳戶已刪除。", "Conta excluída."];
    /// Two accounts were merged.
    MERGED = ["계정이 합쳐졌습니다.", "Accounts merged.", "Cuentas unidas.", "账户已合并。", "帳戶已合併。", "Contas unidas."];
}
