//! What comes in through the doors, on both databases: records and folders, good and bad.

#![expect(
    clippy::unwrap_used,
    reason = "what fails to unwrap in a test is its failure"
)]

mod bad_records;
mod bench;
mod folders;
mod killed;
mod records;

/// Runs one behaviour on every database that can be had.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(marquee_storage::testing::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(db) = marquee_storage::testing::postgres().await {
                    super::$name(db).await;
                }
            }
        }
    )+};
}
pub(crate) use on_both;
