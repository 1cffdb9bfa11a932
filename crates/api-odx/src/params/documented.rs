//! Parameters and headers as the OpenAPI document shows them; `Query` and `Call` read them.

use utoipa::IntoParams;

/// Filters that lists of seasons and series share; filters combine with AND.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters that `Query` reads")]
pub(crate) struct TitleFilters {
    /// Slug of the category to keep.
    #[param(nullable = false)]
    category: Option<String>,
    /// Text to look for.
    #[param(nullable = false)]
    search: Option<String>,
}

/// Paging parameters, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters that `Query` reads")]
pub(crate) struct PageParams {
    /// Page number, from 1.
    #[param(default = 1, minimum = 1, nullable = false)]
    page: Option<i64>,
    /// Items per page.
    #[param(default = 10, minimum = 1, maximum = 100, nullable = false)]
    page_size: Option<i64>,
}

/// The headers of catalog operations, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `Call` reads")]
pub(crate) struct CallHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
    /// Language wanted. `zh-Hans` and `zh-Hant` are deprecated spellings of the lower-case ones.
    #[param(rename = "Accept-Language", inline, nullable = false)]
    accept_language: Option<AcceptLanguage>,
}

/// The same headers where the seed lists none.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `Call` reads")]
pub(crate) struct OptionalCallHeaders {
    /// Service that the caller belongs to; the first configured one when left out.
    #[param(rename = "Service-Name", inline, nullable = false)]
    service_name: Option<ServiceName>,
    /// Language wanted.
    #[param(rename = "Accept-Language", inline, nullable = false)]
    accept_language: Option<AcceptLanguage>,
}

/// The headers of operations about what somebody keeps, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `PersonalCall` reads")]
pub(crate) struct PersonalHeaders {
    /// Device id, made by the client and kept for the life of the install.
    #[param(max_length = 128, nullable = false)]
    did: Option<String>,
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
}

/// The header of operations about accounts, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `AuthCall` reads")]
pub(crate) struct AuthHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
}

/// The same where the kind of device is noted.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `AuthCall` reads")]
pub(crate) struct TypedAuthHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
    /// Kind of device that calls.
    #[param(rename = "X-Device-Type", inline, nullable = false)]
    device_type: Option<DeviceType>,
}

/// The same where a session may begin.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `AuthCall` reads")]
pub(crate) struct SessionHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
    /// Device id, made by the client and kept for the life of the install.
    #[param(max_length = 128, nullable = false)]
    did: Option<String>,
    /// Kind of device that calls.
    #[param(rename = "X-Device-Type", inline, nullable = false)]
    device_type: Option<DeviceType>,
}

/// The headers of a refresh, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `AuthCall` reads")]
pub(crate) struct RefreshHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
    /// Device id, made by the client and kept for the life of the install.
    #[param(max_length = 128, nullable = false)]
    did: Option<String>,
}

/// The headers of a TV that asks for a code, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `AuthCall` reads")]
pub(crate) struct ActivationHeaders {
    /// Service that the caller belongs to.
    #[param(rename = "Service-Name", inline)]
    service_name: ServiceName,
    /// Device id of the TV.
    #[param(min_length = 1, max_length = 128)]
    did: String,
    /// Kind of device that calls.
    #[param(rename = "X-Device-Type", inline, nullable = false)]
    device_type: Option<DeviceType>,
}

/// The address to ask about, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameter that `Query` reads")]
pub(crate) struct EmailParam {
    /// Address to ask about.
    #[param(format = Email)]
    email: String,
}

/// The code to ask about, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameter that `Query` reads")]
pub(crate) struct CodeParam {
    /// Code that the TV shows.
    code: String,
}

/// Whose identity, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents the parameter of the path")]
pub(crate) struct ProviderParam {
    /// Social identity to unlink.
    #[param(inline)]
    provider: ProviderName,
}

/// Which session, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents the parameter of the path")]
pub(crate) struct SessionParam {
    /// Id of the session.
    session_id: String,
}

/// Providers.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents a parameter")]
enum ProviderName {
    Google,
    Apple,
}

/// Kinds of devices.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents a header")]
enum DeviceType {
    Web,
    Mobile,
    Tablet,
    Ctv,
}

/// Which row, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters that `Query` reads")]
pub(crate) struct RowParams {
    /// Slug of the row. Without it: the tiles of every row of the live group, row by row.
    #[param(nullable = false)]
    slug: Option<String>,
}

/// Which group of rows, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the parameters that `Query` reads")]
pub(crate) struct GroupParams {
    /// Slug of the group; the live one without it.
    #[param(nullable = false)]
    group: Option<String>,
}

/// The device id where it is optional and adds to the headers of catalog operations, as documented.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents the headers that `Call` reads")]
pub(crate) struct DeviceHeader {
    /// Device id, made by the client and kept for the life of the install.
    #[param(max_length = 128, nullable = false)]
    did: Option<String>,
}

/// Names come from configuration; the contract lists the default one.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "documents a header")]
enum ServiceName {
    Amasian,
}

/// The languages of the contract, with the deprecated spellings.
#[derive(utoipa::ToSchema)]
#[schema(default = "en")]
#[expect(dead_code, reason = "documents a header")]
enum AcceptLanguage {
    #[schema(rename = "ko")]
    Ko,
    #[schema(rename = "en")]
    En,
    #[schema(rename = "es")]
    Es,
    #[schema(rename = "zh-Hans")]
    OldZhHans,
    #[schema(rename = "zh-Hant")]
    OldZhHant,
    #[schema(rename = "zh-hans")]
    ZhHans,
    #[schema(rename = "zh-hant")]
    ZhHant,
    #[schema(rename = "pt")]
    Pt,
}
