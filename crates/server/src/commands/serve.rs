//! `serve` and `demo`: listeners, background work and an orderly end.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::set_up_link;
use crate::app::App;
use crate::configuration::Settings;
use crate::{accounts, deliver, demo, follow, jobs, listen, recommend, telemetry, tls};

/// Serves until a signal asks for the end.
pub(super) async fn serve(mut settings: Settings, is_demo: bool) -> anyhow::Result<ExitCode> {
    telemetry::start_log(&settings.log);
    let metrics = telemetry::start_metrics()?;
    let listener = listen::bind(settings.listen).await?;
    // Port 0 asks for any; links must carry the one that was given.
    settings.listen = listener.local_addr()?;
    let certificates = match (&settings.tls.cert, &settings.tls.key) {
        (Some(cert), Some(key)) => Some(Arc::new(tls::Certificates::load(cert, key)?)),
        _ => None,
    };
    let app = Arc::new(Box::pin(App::open(settings)).await?);
    if is_demo {
        demo::seed(&app).await?;
    }
    let faces = app.faces(metrics.clone(), is_demo).await?;
    let post = deliver::Post::of(&app)?;
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(jobs::work(app.clone(), stop.clone()));
    tasks.spawn(follow::version(app.clone(), stop.clone()));
    tasks.spawn(follow::search_index(app.clone(), stop.clone()));
    tasks.spawn(recommend::ask_when_due(app.clone(), stop.clone()));
    tasks.spawn(post.work(stop.clone()));
    tasks.spawn(follow::sessions(app.clone(), stop.clone()));
    tasks.spawn(accounts::work(app.clone(), stop.clone()));
    if let Some(certificates) = &certificates {
        tasks.spawn(certificates.clone().watch(stop.clone()));
    }
    if let Some(address) = app.settings.metrics.listen {
        let listener = listen::bind(address).await?;
        let limits = listen::Limits {
            connections: 16,
            threads: 1,
        };
        let face = crate::health::metrics_face(metrics);
        let serving = listen::serve(listener, face, None, limits, stop.clone());
        tasks.spawn(async {
            if let Err(error) = serving.await {
                tracing::error!(%error, "metrics are not served");
            }
        });
    }
    announce(&app).await?;
    let asked = stop.clone();
    tasks.spawn(async move {
        listen::stop_signal().await;
        tracing::info!("stopping");
        asked.cancel();
    });
    listen::serve(
        listener,
        faces,
        certificates,
        listen::Limits::of(app.settings.limits.connections),
        stop.clone(),
    )
    .await?;
    stop.cancel();
    tasks.close();
    if tokio::time::timeout(Duration::from_secs(2), tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!("some work was still under way; it goes on at the next start");
    }
    app.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Says where it is, and at first start how to get in.
async fn announce(app: &App) -> anyhow::Result<()> {
    let address = app.public_address.live().current();
    if let Some(token) = marquee_identity::first_operator_token(&app.db).await? {
        println!("Set up: {}", set_up_link(app, token.expose()));
        println!("        (shown once; `marquee operator token` makes a new link)");
    }
    let plain = if address.starts_with("https:") {
        ""
    } else {
        " (plain http: fine at home, use TLS or a proxy on the internet)"
    };
    println!(
        "Marquee is ready at {address}, listening on {}{plain}",
        app.settings.listen
    );
    std::io::stdout().flush()?;
    Ok(())
}
