//! Work about accounts that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::App;

/// How long a wish for a new password waits at most.
const WISHES: Duration = Duration::from_secs(1);
/// How many rounds until what has ended is removed.
const TIDY: u32 = 3600;

/// Mails what was asked for, and removes what has ended. Every node does both; each thing is done once.
pub(crate) async fn work(app: Arc<App>, stop: CancellationToken) {
    let mut round = 0_u32;
    loop {
        let done = async {
            if round.is_multiple_of(TIDY) {
                app.identity.tidy().await?;
            }
            app.identity.work_off().await
        };
        if let Err(error) = done.await {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(error, "work about accounts has to wait");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(WISHES) => {}
        }
    }
}
