//! Putting the layers together: flags over environment over file.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;

use super::Settings;

/// Keys whose environment variables hold lists, parted by commas.
const LISTS: &[&str] = &[
    "services",
    "trusted_proxies",
    "cors_origins",
    "region.allowed",
    "egress.allowed_hosts",
    "social.google.client_ids",
    "social.apple.client_ids",
];

/// The list that a variable holds, if it is one of those.
fn list_of(variable: &str) -> Option<&'static str> {
    let key = variable.strip_prefix("MARQUEE_")?.to_lowercase();
    let key = key.replace("__", ".");
    LISTS.iter().copied().find(|list| *list == key)
}

/// Reads all layers. `flags` are dotted keys with their values, strongest of all; `defaults` are those that
/// differ from the usual ones, weakest of all.
pub(crate) fn load(
    defaults: &[(&str, &str)],
    file: Option<&Path>,
    environment: HashMap<String, String>,
    flags: &[(&str, String)],
) -> anyhow::Result<Settings> {
    let mut builder = config::Config::builder();
    for (key, value) in defaults {
        builder = builder.set_default(*key, *value)?;
    }
    if let Some(file) = file {
        builder = builder.add_source(
            config::File::from(file.to_owned())
                .format(config::FileFormat::Toml)
                .required(true),
        );
    }
    // Values stay the text they are until a setting asks for a number: a secret may look like one.
    let (lists, plain): (Vec<_>, Vec<_>) = environment
        .into_iter()
        .filter(|(name, _)| name != "MARQUEE_CONFIG")
        .partition(|(name, _)| list_of(name).is_some());
    let variables = config::Environment::with_prefix("MARQUEE")
        .prefix_separator("_")
        .separator("__")
        .source(Some(plain.into_iter().collect()));
    builder = builder.add_source(variables);
    for (name, value) in lists {
        let entries = value.split(',').map(str::trim);
        let entries: Vec<String> = entries
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect();
        if let Some(key) = list_of(&name) {
            builder = builder.set_override(key, entries)?;
        }
    }
    for (key, value) in flags {
        builder = builder.set_override(*key, value.clone())?;
    }
    let settings: Settings = builder
        .build()?
        .try_deserialize()
        .context("the configuration is not valid (`marquee config print` shows the keys)")?;
    settings.validate()?;
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn env(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn flags_beat_the_environment_beats_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("marquee.toml");
        std::fs::write(
            &file,
            "listen = \"127.0.0.1:1\"\ndata_dir = \"from-file\"\n[database]\nconnections = 3\n",
        )
        .unwrap();
        let variables = env(&[
            ("MARQUEE_DATA_DIR", "from-env"),
            ("MARQUEE_DATABASE__CONNECTIONS", "5"),
            ("MARQUEE_SERVICES", "a,b"),
            ("MARQUEE_SOCIAL__GOOGLE__CLIENT_IDS", "123, tv"),
            ("HOME", "/x"),
        ]);
        let settings = load(
            &[("data_dir", "weakest"), ("log.level", "trace")],
            Some(&file),
            variables,
            &[("data_dir", "from-flag".to_owned())],
        )
        .unwrap();
        assert_eq!(settings.data_dir, PathBuf::from("from-flag"));
        assert_eq!(settings.database.connections, 5);
        assert_eq!(settings.services, ["a", "b"]);
        assert_eq!(settings.social.google.client_ids, ["123", "tv"]);
        assert_eq!(settings.public_url(), "http://127.0.0.1:1");
        assert_eq!(settings.log.level, "trace");
    }

    #[test]
    fn unknown_keys_and_bad_values_are_errors() {
        let fails = |pairs: &[(&str, &str)]| load(&[], None, env(pairs), &[]).is_err();
        assert!(fails(&[("MARQUEE_LISTENN", "x")]));
        assert!(fails(&[("MARQUEE_DATABASE__URLL", "x")]));
        assert!(fails(&[("MARQUEE_LISTEN", "nowhere")]));
        assert!(fails(&[("MARQUEE_PUBLIC_URL", "ftp://x")]));
        assert!(fails(&[("MARQUEE_TRUSTED_PROXIES", "10.0.0.0/99")]));
        assert!(fails(&[("MARQUEE_TLS__CERT", "x.pem")]));
        assert!(fails(&[("MARQUEE_DEFAULT_SERVICE", "other")]));
        assert!(fails(&[("MARQUEE_RECOMMEND__EVERY_HOURS", "0")]));
        assert!(fails(&[("MARQUEE_LIMITS__RATES__SIGN_IN", "5/1m")]));
        assert!(fails(&[("MARQUEE_LIMITS__RATES__MERGE", "often")]));
        assert!(!fails(&[("MARQUEE_LIMITS__RATES__MERGE", "5/1m")]));
        assert!(fails(&[("MARQUEE_NAME", " ")]));
        assert!(fails(&[("MARQUEE_MAIL__FROM", "nobody")]));
        assert!(
            fails(&[("MARQUEE_MAIL__HOST", "mail.example")]),
            "from is needed"
        );
        let mail = |more: (&'static str, &'static str)| {
            let from = ("MARQUEE_MAIL__FROM", "post@tv.example");
            fails(&[from, ("MARQUEE_MAIL__HOST", "mail.example"), more])
        };
        assert!(!mail(("MARQUEE_MAIL__USER", "post")));
        assert!(mail(("MARQUEE_MAIL__SECURITY", "ssl")));
        assert!(
            mail(("MARQUEE_MAIL__SECURITY", "none")),
            "not over a network"
        );
        assert!(mail(("MARQUEE_MAIL__PORT", "70000")));
        assert!(!fails(&[]));
    }

    #[test]
    fn variables_that_look_like_numbers_stay_as_they_are_written() {
        let variables = env(&[
            ("MARQUEE_S3__SECRET_ACCESS_KEY", "0012e4"),
            ("MARQUEE_S3__ACCESS_KEY_ID", "007"),
            ("MARQUEE_DATA_DIR", "1e3"),
            ("MARQUEE_DEFAULT_SERVICE", "0815"),
            ("MARQUEE_SERVICES", "0815, true,"),
            ("MARQUEE_LIMITS__CONNECTIONS", "12"),
            ("MARQUEE_LOG__ACCESS", "true"),
        ]);
        let settings = load(&[], None, variables, &[]).unwrap();
        assert_eq!(settings.s3.secret_access_key, "0012e4");
        assert_eq!(settings.s3.access_key_id, "007");
        assert_eq!(settings.data_dir, PathBuf::from("1e3"));
        assert_eq!(settings.services, ["0815", "true"]);
        assert_eq!(
            (settings.limits.connections, settings.log.access),
            (12, true)
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let variables = env(&[
            ("MARQUEE_S3__SECRET_ACCESS_KEY", "hunter2"),
            ("MARQUEE_DATABASE__URL", "postgres://u:hunter3@h/d"),
            ("MARQUEE_MAIL__PASSWORD", "hunter4"),
        ]);
        let printed = load(&[], None, variables, &[]).unwrap().print().unwrap();
        assert!(!printed.contains("hunter"), "{printed}");
    }
}
