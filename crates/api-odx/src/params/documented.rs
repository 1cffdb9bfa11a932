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
