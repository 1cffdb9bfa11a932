//! The table of stable codes: token, status, and a text in every language.

use axum::http::StatusCode;

use super::account_codes::ACCOUNT_CODES;

/// Stable failure tokens (contract: `ErrorCode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// A parameter breaks its rule.
    ValidationError,
    /// No `Service-Name`.
    ServiceNameRequired,
    /// An unknown `Service-Name`.
    InvalidServiceName,
    /// Neither a token nor a `did`.
    DeviceIdRequired,
    /// The service is for members.
    AuthenticationRequired,
    /// A token that is none.
    TokenInvalid,
    /// The country is not allowed.
    RegionBlock,
    /// Not there, or not published.
    NotFound,
    /// Not among the favorites.
    FavoriteNotFound,
    /// Past the end of a list.
    PageNotFound,
    /// Not the code that was mailed.
    VerificationCodeInvalid,
    /// The code has ended.
    VerificationCodeExpired,
    /// The address was not verified.
    EmailNotVerified,
    /// The mailed token is not good.
    ResetTokenInvalid,
    /// The password given along is wrong.
    PasswordIncorrect,
    /// The proof given along is wrong.
    CredentialsIncorrect,
    /// The access token has lapsed.
    TokenExpired,
    /// Address and password open no account.
    InvalidCredentials,
    /// The refresh token is not good.
    RefreshTokenInvalid,
    /// The provider's token is not good.
    SocialTokenInvalid,
    /// The account is suspended.
    AccountDisabled,
    /// A second factor is needed.
    MfaRequired,
    /// No television shows this code.
    ActivationCodeNotFound,
    /// The account has no identity of the provider.
    LinkedAccountNotFound,
    /// The address has an account.
    EmailAlreadyRegistered,
    /// The television was let in already.
    ActivationCodeAlreadyUsed,
    /// The last way to sign in cannot go.
    LastLoginMethod,
    /// Both are the same account.
    SameAccount,
    /// Too many calls.
    RateLimited,
    /// Too many wrong ones.
    TooManyAttempts,
    /// The path takes other methods.
    MethodNotAllowed,
    /// A body larger than the operation takes.
    PayloadTooLarge,
    /// A body that is not JSON.
    UnsupportedMediaType,
    /// Something failed here.
    InternalError,
    /// Something is out of reach for now.
    ServiceUnavailable,
}

/// The table: code, token, status, and the text in the six languages (ko, en, es, zh-hans, zh-hant, pt).
pub const CODES: &[(ErrorCode, &str, u16, [&str; 6])] = &[
    (
        ErrorCode::ValidationError,
        "VALIDATION_ERROR",
        400,
        [
            "요청 값이 올바르지 않습니다.",
            "Something in the request is not valid.",
            "Algún dato de la solicitud no es válido.",
            "请求中有无效内容。",
            "請求中有無效內容。",
            "Há algo inválido no pedido.",
        ],
    ),
    (
        ErrorCode::ServiceNameRequired,
        "SERVICE_NAME_REQUIRED",
        400,
        [
            "Service-Name 헤더가 필요합니다.",
            "The Service-Name header is required.",
            "Falta el encabezado Service-Name.",
            "缺少 Service-Name 标头。",
            "缺少 Service-Name 標頭。",
            "Falta o cabeçalho Service-Name.",
        ],
    ),
    (
        ErrorCode::InvalidServiceName,
        "INVALID_SERVICE_NAME",
        400,
        [
            "알 수 없는 서비스입니다.",
            "There is no such service.",
            "Ese servicio no existe.",
            "没有此服务。",
            "沒有此服務。",
            "Esse serviço não existe.",
        ],
    ),
    (
        ErrorCode::DeviceIdRequired,
        "DEVICE_ID_REQUIRED",
        400,
        [
            "로그인하거나 did 헤더를 보내 주세요.",
            "Sign in, or send a did header.",
            "Inicia sesión o envía el encabezado did.",
            "请登录，或发送 did 标头。",
            "請登入，或傳送 did 標頭。",
            "Inicie sessão ou envie o cabeçalho did.",
        ],
    ),
    (
        ErrorCode::AuthenticationRequired,
        "AUTHENTICATION_REQUIRED",
        401,
        [
            "로그인이 필요합니다.",
            "Please sign in.",
            "Inicia sesión.",
            "请先登录。",
            "請先登入。",
            "Inicie sessão.",
        ],
    ),
    (
        ErrorCode::TokenInvalid,
        "TOKEN_INVALID",
        401,
        [
            "다시 로그인해 주세요.",
            "Please sign in again.",
            "Vuelve a iniciar sesión.",
            "请重新登录。",
            "請重新登入。",
            "Inicie sessão novamente.",
        ],
    ),
    (
        ErrorCode::RegionBlock,
        "REGION_BLOCK",
        403,
        [
            "이 지역에서는 이용할 수 없습니다.",
            "This is not available in your region.",
            "No está disponible en tu región.",
            "您所在的地区无法观看。",
            "您所在的地區無法觀看。",
            "Não está disponível na sua região.",
        ],
    ),
    (
        ErrorCode::NotFound,
        "NOT_FOUND",
        404,
        [
            "찾을 수 없습니다.",
            "We could not find that.",
            "No lo hemos encontrado.",
            "未找到。",
            "找不到。",
            "Não encontrámos isso.",
        ],
    ),
    (
        ErrorCode::FavoriteNotFound,
        "FAVORITE_NOT_FOUND",
        404,
        [
            "찜한 목록에 없습니다.",
            "That is not among the favorites.",
            "No está entre los favoritos.",
            "收藏中没有此项。",
            "收藏中沒有此項。",
            "Isso não está nos favoritos.",
        ],
    ),
    (
        ErrorCode::PageNotFound,
        "PAGE_NOT_FOUND",
        404,
        [
            "더 이상 페이지가 없습니다.",
            "There is no such page.",
            "No existe esa página.",
            "没有这一页。",
            "沒有這一頁。",
            "Essa página não existe.",
        ],
    ),
    (
        ErrorCode::MethodNotAllowed,
        "METHOD_NOT_ALLOWED",
        405,
        [
            "허용되지 않는 방식입니다.",
            "This address does not take that method.",
            "Esta dirección no admite ese método.",
            "此地址不支持该方法。",
            "此位址不支援該方法。",
            "Este endereço não aceita esse método.",
        ],
    ),
    (
        ErrorCode::PayloadTooLarge,
        "PAYLOAD_TOO_LARGE",
        413,
        [
            "요청이 너무 큽니다.",
            "The request is too large.",
            "La solicitud es demasiado grande.",
            "请求过大。",
            "請求過大。",
            "O pedido é demasiado grande.",
        ],
    ),
    (
        ErrorCode::UnsupportedMediaType,
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        [
            "요청 본문은 JSON이어야 합니다.",
            "The body must be JSON.",
            "El cuerpo debe ser JSON.",
            "请求正文必须是 JSON。",
            "請求本文必須是 JSON。",
            "O corpo deve ser JSON.",
        ],
    ),
    (
        ErrorCode::RateLimited,
        "RATE_LIMITED",
        429,
        [
            "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
            "That was too much at once. Please try again later.",
            "Demasiadas solicitudes. Inténtalo de nuevo más tarde.",
            "请求过于频繁，请稍后再试。",
            "請求過於頻繁，請稍後再試。",
            "Demasiados pedidos. Tente novamente mais tarde.",
        ],
    ),
    (
        ErrorCode::InternalError,
        "INTERNAL_ERROR",
        500,
        [
            "문제가 발생했습니다. 잠시 후 다시 시도해 주세요.",
            "Something went wrong. Please try again.",
            "Algo salió mal. Inténtalo de nuevo.",
            "出了点问题，请重试。",
            "出了點問題，請再試一次。",
            "Algo correu mal. Tente novamente.",
        ],
    ),
    (
        ErrorCode::ServiceUnavailable,
        "SERVICE_UNAVAILABLE",
        503,
        [
            "지금은 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.",
            "Not available right now. Please try again.",
            "No disponible ahora. Inténtalo de nuevo.",
            "暂时不可用，请稍后重试。",
            "暫時無法使用，請稍後再試。",
            "Indisponível de momento. Tente novamente.",
        ],
    ),
];

impl ErrorCode {
    /// Token, status and texts.
    pub(super) fn row(self) -> (&'static str, StatusCode, &'static [&'static str; 6]) {
        let row = |code| {
            let all = CODES.iter().chain(ACCOUNT_CODES);
            all.clone().find(|(known, ..)| *known == code)
        };
        // The table has a row per code; a test holds that.
        let (_, token, status, texts) = row(self)
            .or_else(|| row(Self::InternalError))
            .unwrap_or(&CODES[0]);
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (token, status, texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_row_of_its_own() {
        for code in [
            ErrorCode::ValidationError,
            ErrorCode::ServiceNameRequired,
            ErrorCode::InvalidServiceName,
            ErrorCode::DeviceIdRequired,
            ErrorCode::AuthenticationRequired,
            ErrorCode::TokenInvalid,
            ErrorCode::RegionBlock,
            ErrorCode::NotFound,
            ErrorCode::FavoriteNotFound,
            ErrorCode::PageNotFound,
            ErrorCode::MethodNotAllowed,
            ErrorCode::PayloadTooLarge,
            ErrorCode::UnsupportedMediaType,
            ErrorCode::InternalError,
            ErrorCode::ServiceUnavailable,
        ] {
            assert_eq!(
                CODES.iter().filter(|(row, ..)| *row == code).count(),
                1,
                "{code:?}"
            );
        }
        assert!(
            CODES
                .iter()
                .all(|(.., texts)| texts.iter().all(|text| !text.is_empty()))
        );
    }
}
