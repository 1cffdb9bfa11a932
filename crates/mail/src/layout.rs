//! The look of a letter: one for all, as plain text and as HTML.
//!
//! The HTML is a table with styles on its elements, which is what old mail programs understand; colours follow the
//! reader's light or dark setting where a program knows of it. Nothing is fetched from anywhere.

use std::fmt::Write;

use crate::page::{Block, Page};

const STYLE: &str = "\
@media (prefers-color-scheme: dark) {\
body, .ground { background: #0e0e11 !important; color: #f2f0ea !important }\
.card { background: #18181d !important; border-color: #2c2c33 !important }\
.code { background: #0e0e11 !important; color: #f2f0ea !important }\
.quiet, .quiet a { color: #a5a29a !important }\
}";

/// The plain part.
pub(crate) fn text(page: &Page) -> String {
    let mut out = String::new();
    for block in &page.blocks {
        match block {
            Block::Paragraph(said) => out.push_str(said),
            Block::Code(code) => {
                out.push_str("    ");
                out.push_str(code);
            }
            Block::Facts(facts) => {
                let lines = facts.iter().map(|(name, value)| format!("{name}: {value}"));
                out.push_str(&lines.collect::<Vec<_>>().join("\n"));
            }
            Block::Link(says, address) => {
                let _ = write!(out, "{says}:\n{address}");
            }
        }
        out.push_str("\n\n");
    }
    out.push_str("-- \n");
    out.push_str(&page.footer);
    out.push('\n');
    out
}

/// The HTML part.
pub(crate) fn html(page: &Page) -> String {
    let mut body = String::new();
    for block in &page.blocks {
        // Writing into a string cannot fail.
        let _ = match block {
            Block::Paragraph(said) => {
                writeln!(body, "<p style=\"margin:0 0 16px\">{}</p>", escape(said))
            }
            Block::Code(code) => writeln!(
                body,
                "<p class=\"code\" style=\"margin:0 0 16px;padding:16px;border-radius:6px;background:#f2f0ea;text-align:center;\
                 font:700 28px monospace;letter-spacing:6px\">{}</p>",
                escape(code)
            ),
            Block::Facts(facts) => writeln!(body, "{}", table(facts)),
            Block::Link(says, address) => writeln!(
                body,
                "<p style=\"margin:0 0 16px\"><a href=\"{address}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;\
                 background:#b3261e;color:#ffffff;font-weight:600;text-decoration:none\">{says}</a></p>\n\
                 <p class=\"quiet\" style=\"margin:0 0 16px;color:#6b6860;font-size:13px;word-break:break-all\">{address}</p>",
                says = escape(says),
                address = escape(address)
            ),
        };
    }
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{subject}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body style=\"margin:0;background:#f6f4ee;color:#1c1b19\">\n\
         <table role=\"presentation\" class=\"ground\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"background:#f6f4ee\">\n\
         <tr><td align=\"center\" style=\"padding:24px 12px\">\n\
         <table role=\"presentation\" class=\"card\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         style=\"max-width:520px;background:#ffffff;border:1px solid #e2dfd6;border-radius:10px\">\n\
         <tr><td style=\"padding:28px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;text-align:left\">\n\
         <h1 style=\"margin:0 0 16px;font-size:20px;line-height:1.3\">{subject}</h1>\n{body}</td></tr>\n</table>\n\
         <p class=\"quiet\" style=\"margin:16px 0 0;color:#6b6860;font:13px/1.5 sans-serif\">{footer}</p>\n\
         </td></tr>\n</table>\n</body>\n</html>\n",
        language = page.language.code(),
        subject = escape(&page.subject),
        footer = escape(&page.footer),
    )
}

fn table(facts: &[(&'static str, String)]) -> String {
    let mut rows = String::new();
    for (name, value) in facts {
        let _ = write!(
            rows,
            "<tr><td class=\"quiet\" style=\"padding:2px 16px 2px 0;color:#6b6860;vertical-align:top\">{}</td><td style=\"padding:2px 0\">{}</td></tr>",
            escape(name),
            escape(value)
        );
    }
    format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 16px\">{rows}</table>"
    )
}

/// Text as it may stand in HTML, in elements and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
