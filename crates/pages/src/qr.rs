//! `/activate/qr.svg` and `.png`: the address of the activation page with a code filled in, for televisions that cannot
//! draw it themselves.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use marquee_identity::pages;
use qrcodegen::{QrCode, QrCodeEcc};

use crate::call::Visit;
use crate::respond::guard;

/// Light modules around the code (ISO/IEC 18004 asks for four).
const QUIET: i32 = 4;
/// Pixels of a module in the PNG.
const SCALE: usize = 8;
/// Longest code, in characters.
const CODE_MAX: usize = 16;

/// As an SVG.
pub(crate) async fn svg(visit: Visit) -> Response {
    let Some(code) = drawn(&visit) else {
        return bad(&visit);
    };
    let side = code.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{},{}h1v1h-1z", x + QUIET, y + QUIET));
            }
        }
    }
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0,0h{side}v{side}h-{side}z\"/><path d=\"{path}\"/></svg>"
    );
    picture(&visit, "image/svg+xml", svg.into_bytes())
}

/// As a PNG of one bit a pixel.
pub(crate) async fn png(visit: Visit) -> Response {
    let drawn = drawn(&visit).and_then(|code| encode(&code));
    match drawn {
        Some(bytes) => picture(&visit, "image/png", bytes),
        None => bad(&visit),
    }
}

fn drawn(visit: &Visit) -> Option<QrCode> {
    let code = visit.asked("code")?;
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if code.is_empty() || code.len() > CODE_MAX || !code.bytes().all(known) {
        return None;
    }
    let address = format!(
        "{}{}?code={code}",
        visit.deps.public_url.current(),
        pages::ACTIVATE
    );
    QrCode::encode_text(&address, QrCodeEcc::Medium).ok()
}

fn encode(code: &QrCode) -> Option<Vec<u8>> {
    let modules = usize::try_from(code.size() + 2 * QUIET).ok()?;
    let side = modules * SCALE;
    let row_bytes = side.div_ceil(8);
    let mut pixels = vec![0xff_u8; row_bytes * side];
    for (y, row) in pixels.chunks_mut(row_bytes).enumerate() {
        for x in 0..side {
            let at = |pixel: usize| i32::try_from(pixel / SCALE).unwrap_or_default() - QUIET;
            if code.get_module(at(x), at(y))
                && let Some(byte) = row.get_mut(x / 8)
            {
                *byte &= !(0x80 >> (x % 8));
            }
        }
    }
    let side = u32::try_from(side).ok()?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

fn picture(visit: &Visit, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    guard(response.headers_mut(), visit.deps.cookies().secure());
    // Pages of other sites, such as a television's app, may show it: it holds what they know.
    let anybody = HeaderValue::from_static("cross-origin");
    response
        .headers_mut()
        .insert("cross-origin-resource-policy", anybody);
    response
}

fn bad(visit: &Visit) -> Response {
    let text = "a code of letters, digits and hyphens is needed (?code=)\n";
    let mut response = (StatusCode::BAD_REQUEST, text).into_response();
    guard(response.headers_mut(), visit.deps.cookies().secure());
    response
}
