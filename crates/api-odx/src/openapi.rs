//! The OpenAPI document of the face, generated from its handlers and views.

use utoipa::OpenApi;

/// The document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Marquee experience API (ODX v4)", version = "4.0.0", description = "Catalog, playback and what an app needs around them. Every path ends in a slash."),
    servers((url = "/odx/api/v4")),
    paths(
        crate::contents::list_content, crate::contents::get_content, crate::seasons::list_seasons, crate::seasons::get_season,
        crate::series::list_series, crate::series::get_series, crate::categories::list_category_contents, crate::categories::list_categories,
        crate::carousel::get_active_carousel_group, crate::carousel::get_carousel_browser_group, crate::carousel::list_carousel,
        crate::carousel::get_carousel_channel_group, crate::carousel::list_carousel_channels, crate::covers::list_covers, crate::covers::get_cover,
        crate::search::search, crate::playback::get_playback, crate::playback::get_playback_media,
        crate::personal::list_favorites, crate::personal::add_favorite, crate::personal::remove_favorite,
        crate::personal::save_continue_watching,
        crate::recommendation::list_recommendations,
        crate::auth::sign_up::request_sign_up_code, crate::auth::sign_up::verify_sign_up_code,
        crate::auth::sign_up::complete_sign_up, crate::auth::sign_up::resend_sign_up_code,
        crate::auth::sign_up::check_registration,
        crate::auth::session::sign_in, crate::auth::session::sign_out, crate::auth::session::sign_out_all,
        crate::auth::session::refresh_access_token,
        crate::auth::password::request_password_reset, crate::auth::password::reset_password, crate::auth::password::change_password,
        crate::auth::activation::request_ctv_activation, crate::auth::activation::poll_ctv_activation,
        crate::auth::activation::confirm_ctv_activation,
        crate::auth::social::sign_in_with_google, crate::auth::social::sign_in_with_apple,
        crate::account::get_profile, crate::account::update_profile, crate::account::list_linked_accounts,
        crate::account::unlink_social_account, crate::account::request_email_change, crate::account::verify_email_change,
        crate::account::delete_account, crate::account::merge_accounts, crate::account::merge_device_data,
        crate::account::export_account, crate::account::list_account_sessions, crate::account::end_account_session,
    ),
    components(schemas(crate::views::EpgProgram))
)]
pub struct Document;

/// The document as JSON.
#[must_use]
pub fn json() -> String {
    // A document made of constants always serialises.
    Document::openapi().to_pretty_json().unwrap_or_default()
}
