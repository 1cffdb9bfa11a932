//! Pictures of the activation page's address, and the style sheet.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::harness::TestApp;

#[tokio::test]
async fn the_picture_is_the_public_address_with_the_code() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let expected = QrCode::encode_text(
        "http://test.example/activate?code=ACDF3467",
        QrCodeEcc::Medium,
    )
    .unwrap();
    let png = browser.get("/activate/qr.png?code=ACDF3467").await;
    assert_eq!(png.header("content-type"), "image/png");
    let decoder = png::Decoder::new(std::io::Cursor::new(&png.bytes));
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let side = usize::try_from(expected.size()).unwrap() + 8;
    assert_eq!(
        (info.width as usize, info.height as usize),
        (side * 8, side * 8)
    );
    let dark = |x: usize, y: usize| pixels[y * info.line_size + x / 8] >> (7 - x % 8) & 1 == 0;
    let svg = browser.get("/activate/qr.svg?code=ACDF3467").await;
    assert_eq!(svg.header("content-type"), "image/svg+xml");
    for y in 0..side {
        for x in 0..side {
            let at = |n: usize| i32::try_from(n).unwrap() - 4;
            let module = expected.get_module(at(x), at(y));
            assert_eq!(dark(x * 8 + 3, y * 8 + 3), module, "{x} {y}");
            assert_eq!(svg.text().contains(&format!("M{x},{y}h1v1h-1z")), module);
        }
    }
    for bad in [
        "",
        "?code=",
        "?code=a%20b",
        "?code=%3Csvg%3E",
        "?code=ABCDEFGHIJKLMNOPQ",
        "?code=%C3%84",
    ] {
        for kind in ["svg", "png"] {
            let page = browser.get(&format!("/activate/qr.{kind}{bad}")).await;
            assert_eq!(page.status, 400, "{bad}");
        }
    }
}

#[tokio::test]
async fn the_style_sheet_is_kept_under_the_address_that_pages_name() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.get("/sign-in").await;
    let address = page
        .text()
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .unwrap();
    let address = address.split('"').next().unwrap().to_owned();
    let sheet = browser.get(&address).await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(
        sheet.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    for other in ["/pages.css", "/pages.css?v=0"] {
        let sheet = browser.get(other).await;
        assert_eq!(sheet.header("cache-control"), "no-cache");
    }
}
