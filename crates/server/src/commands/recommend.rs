//! `recommend`: train, explain, evaluate.

mod evaluate;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use marquee_catalog::browse::Audience;
use marquee_catalog::recommend::similar;
use marquee_domain::catalog::{TitleDoc, TitleKey};
use marquee_domain::{UiLanguage, Visibility};
use marquee_recommend::evaluate::Settings;
use marquee_storage::catalog::{self as stored, Shown};
use marquee_storage::{Query, services};

use super::open;
use crate::cli::{Common, Recommend};
use crate::progress::Bar;
use crate::recommend;

pub(super) async fn run(what: Recommend) -> anyhow::Result<ExitCode> {
    match what {
        Recommend::Evaluate {
            ratings,
            protocol,
            seed,
            min_rating,
            lambda,
            viewers,
            json,
        } => {
            let settings = Settings {
                protocol,
                seed,
                lambda,
                viewers,
            };
            // Nothing else runs in this process meanwhile.
            tokio::task::block_in_place(|| evaluate::measure(&ratings, min_rating, &settings, json))
        }
        Recommend::Train { common } => train(&common).await,
        Recommend::Explain {
            slug,
            service,
            limit,
            common,
        } => explain(&slug, service.as_deref(), limit, &common).await,
    }
}

async fn train(common: &Common) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    for service in services::list(&mut app.db.reader()).await? {
        let bar = Arc::new(Bar::new("training", false));
        let kept = recommend::train(&app, &service, bar).await?;
        match kept {
            Some(kept) => println!(
                "{}: {} viewers, {} of {} titles watched, learnt with {}; {} neighbours kept",
                service.name,
                kept.viewers,
                kept.watched_titles,
                kept.titles,
                kept.method,
                kept.neighbours
            ),
            None => println!("{}: another training was faster", service.name),
        }
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn explain(
    slug: &str,
    service: Option<&str>,
    limit: usize,
    common: &Common,
) -> anyhow::Result<ExitCode> {
    let app = open(common).await?;
    let service = app.service(service).await?;
    // The operator sees what everybody would see, whoever the service is for.
    let permit = Visibility::Public
        .admit_anonymous()
        .context("a public service admits everybody")?;
    let who = Audience {
        service: service.id,
        permit,
        now: app.clock.now(),
    };
    let reader = &mut app.db.reader();
    let series = stored::find_series_by_slug(reader, service.id, slug, who.now).await?;
    let content = stored::find_content_by_slug(reader, service.id, slug, who.now).await?;
    let of_content = content.map(|content| {
        content
            .season
            .map_or(TitleKey::Content(content.id), |(_, series)| {
                TitleKey::Series(series)
            })
    });
    let Some(title) = series
        .map(|series| TitleKey::Series(series.id))
        .or(of_content)
    else {
        bail!(
            "there is no published series or film {slug:?} in {}",
            service.name
        );
    };
    let found = similar(reader, who, title, limit).await?;
    if found.is_empty() {
        println!(
            "nothing is known of it yet; `marquee recommend train` learns what there is to learn"
        );
    }
    for suggestion in found {
        let name = name_of(reader, suggestion.title).await?;
        println!(
            "{:>8.4}  {:<16}  {name}",
            suggestion.score,
            suggestion.reason.as_str()
        );
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The English name of a title and its slug.
async fn name_of(q: &mut dyn Query, title: TitleKey) -> anyhow::Result<String> {
    let named = |doc: &TitleDoc, slug: &str| {
        let original = doc.original_language.as_ref();
        let name = doc
            .titles
            .pick(UiLanguage::En, original)
            .unwrap_or_default();
        format!("{name} ({slug})")
    };
    Ok(match title {
        TitleKey::Series(id) => {
            let found = stored::series_by_ids(q, &[id.0], Shown::All).await?;
            found.first().map(|of| named(&of.doc, &of.head.slug))
        }
        TitleKey::Content(id) => {
            let found = stored::contents_by_ids(q, &[id.0], Shown::All).await?;
            found.first().map(|of| named(&of.doc, &of.head.slug))
        }
    }
    .unwrap_or_default())
}
