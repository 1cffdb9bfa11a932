//! What failures of identity become.

use marquee_domain::UiLanguage;
use marquee_http::RequestId;
use marquee_identity::{IdentityError, PasswordFault, Refusal};

use crate::error::{Error, ErrorCode};

/// Where a failure was met: some refusals have a code of their own there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// Checking the access token.
    Token,
    /// Signing in: what is wrong in the body is 401.
    SignIn,
    /// Proving oneself or another account while signed in: what is wrong in the body is 400, so that
    /// a client never refreshes or signs out by mistake (contract notes, section 1).
    Proof,
    /// Setting a password whose member of the body is called this.
    Password(&'static str),
}

impl Error {
    /// Translates a failure of identity; what is internal is logged and told to nobody.
    pub(crate) fn from_identity(
        error: &IdentityError,
        language: UiLanguage,
        id: Option<RequestId>,
        at: At,
    ) -> Self {
        match error {
            IdentityError::Refused(refusal) => refused(refusal, language, at),
            IdentityError::Storage(storage) => Self::from_storage(storage, language, id),
            other => Self::internal("identity failed", other, language, id),
        }
    }
}

fn refused(refusal: &Refusal, language: UiLanguage, at: At) -> Error {
    let plain = |code| Error::new(code, language);
    let later = |code, seconds| Error::new(code, language).retry_after(seconds);
    let proof = at == At::Proof;
    match *refusal {
        Refusal::AddressTaken => plain(ErrorCode::EmailAlreadyRegistered),
        Refusal::CodeWrong => plain(ErrorCode::VerificationCodeInvalid),
        Refusal::CodeExpired => plain(ErrorCode::VerificationCodeExpired),
        Refusal::TooManyAttempts(seconds) => later(ErrorCode::TooManyAttempts, seconds),
        Refusal::Slow(seconds) => later(ErrorCode::RateLimited, seconds),
        Refusal::NotVerified => plain(ErrorCode::EmailNotVerified),
        Refusal::CredentialsWrong | Refusal::SocialInvalid if proof => {
            plain(ErrorCode::CredentialsIncorrect)
        }
        Refusal::CredentialsWrong => plain(ErrorCode::InvalidCredentials),
        Refusal::SocialInvalid => plain(ErrorCode::SocialTokenInvalid),
        Refusal::PasswordWrong => plain(ErrorCode::PasswordIncorrect),
        Refusal::PasswordBad(fault) => {
            let field = match at {
                At::Password(field) => field,
                _ => "password",
            };
            let sentence = sentence(fault, language);
            Error::validation(language, vec![(field.to_owned(), sentence)])
        }
        Refusal::AccountDisabled => plain(ErrorCode::AccountDisabled),
        Refusal::FactorRequired => plain(ErrorCode::MfaRequired),
        Refusal::TokenInvalid => plain(ErrorCode::TokenInvalid),
        Refusal::TokenExpired => plain(ErrorCode::TokenExpired),
        Refusal::RefreshInvalid => plain(ErrorCode::RefreshTokenInvalid),
        Refusal::ResetInvalid => plain(ErrorCode::ResetTokenInvalid),
        Refusal::ActivationUnknown => plain(ErrorCode::ActivationCodeNotFound),
        Refusal::ActivationUsed => plain(ErrorCode::ActivationCodeAlreadyUsed),
        Refusal::NotLinked => plain(ErrorCode::LinkedAccountNotFound),
        Refusal::LastMethod => plain(ErrorCode::LastLoginMethod),
        Refusal::SameAccount => plain(ErrorCode::SameAccount),
        Refusal::Busy(seconds) | Refusal::Unreachable(seconds) => {
            later(ErrorCode::ServiceUnavailable, seconds)
        }
    }
}

/// What is wrong with a password, for its reader.
fn sentence(fault: PasswordFault, language: UiLanguage) -> String {
    use UiLanguage::{En, Es, Ko, Pt, ZhHans, ZhHant};
    match fault {
        PasswordFault::Short(least) => match language {
            Ko => format!("비밀번호는 {least}자 이상이어야 합니다."),
            En => format!("The password needs at least {least} characters."),
            Es => format!("La contraseña necesita al menos {least} caracteres."),
            ZhHans => format!("密码至少需要 {least} 个字符。"),
            ZhHant => format!("密碼至少需要 {least} 個字元。"),
            Pt => format!("A senha precisa de pelo menos {least} caracteres."),
        },
        PasswordFault::Long(most) => match language {
            Ko => format!("비밀번호는 {most}자 이하여야 합니다."),
            En => format!("The password may have at most {most} characters."),
            Es => format!("La contraseña puede tener como máximo {most} caracteres."),
            ZhHans => format!("密码最多 {most} 个字符。"),
            ZhHant => format!("密碼最多 {most} 個字元。"),
            Pt => format!("A senha pode ter no máximo {most} caracteres."),
        },
        PasswordFault::Plain => match language {
            Ko => "대문자, 소문자, 숫자, 기호가 하나씩 필요합니다.",
            En => "The password needs an upper-case and a lower-case letter, a digit and another character.",
            Es => "La contraseña necesita una mayúscula, una minúscula, una cifra y otro carácter.",
            ZhHans => "密码需包含大写字母、小写字母、数字和其他字符。",
            ZhHant => "密碼需包含大寫字母、小寫字母、數字和其他字元。",
            Pt => "A senha precisa de uma maiúscula, uma minúscula, um algarismo e outro caractere.",
        }
        .to_owned(),
        PasswordFault::Common => match language {
            Ko => "너무 흔한 비밀번호입니다.",
            En => "That password is among the first that anybody would try.",
            Es => "Esa contraseña es de las primeras que cualquiera probaría.",
            ZhHans => "该密码过于常见。",
            ZhHant => "該密碼過於常見。",
            Pt => "Essa senha está entre as primeiras que qualquer pessoa tentaria.",
        }
        .to_owned(),
        PasswordFault::Own => match language {
            Ko => "이메일 주소나 이름은 비밀번호로 쓸 수 없습니다.",
            En => "Your own address or name is no password.",
            Es => "Su propia dirección o nombre no sirve como contraseña.",
            ZhHans => "不能使用自己的邮箱地址或名字作为密码。",
            ZhHant => "不能使用自己的電子郵件地址或名字作為密碼。",
            Pt => "Seu próprio endereço ou nome não serve como senha.",
        }
        .to_owned(),
    }
}
