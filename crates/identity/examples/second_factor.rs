//! Puts a second factor in force beside a running server, for tests of its pages: accounts cannot set one up by themselves yet.
//!
//! `second_factor DATA_FOLDER ADDRESS` prints the secret in Base32 and the recovery codes, a line each. SQLite only.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marquee_domain::{PublicUrl, SystemClock};
use marquee_identity::{
    Address, Hasher, HasherSettings, Identity, IdentitySettings, NoProviders, SECRET_LEN, Sealer,
    SystemChance,
};
use marquee_limits::{Limits, Rates};
use marquee_storage::{Db, DbOptions, accounts};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(address)) = (arguments.next(), arguments.next()) else {
        return Err("usage: second_factor DATA_FOLDER ADDRESS".into());
    };
    let folder = Path::new(&folder);
    let secret = std::fs::read_to_string(folder.join("secret.key"))?;
    let secret: [u8; SECRET_LEN] = URL_SAFE_NO_PAD
        .decode(secret.trim())?
        .try_into()
        .map_err(|_| "secret.key holds no secret")?;
    let address = Address::parse(&address).ok_or("this is no mail address")?;
    let database = folder.join("marquee.db");
    let db = Db::open(&DbOptions::new(database.to_string_lossy())).await?;
    let clock = Arc::new(SystemClock);
    let identity = Identity::new(
        db.clone(),
        (clock.clone(), Arc::new(SystemChance)),
        Sealer::new(&secret)?,
        (
            Hasher::new(HasherSettings::default(), &SystemChance)?,
            Limits::new(Rates::default(), clock, None),
        ),
        Arc::new(NoProviders),
        IdentitySettings::new(&PublicUrl::new("http://localhost")),
    );
    let account = accounts::by_address(&mut db.reader(), address.key()).await?;
    let account = account.ok_or("nobody has this address")?;
    let factor = identity.enable_second_factor(account.id).await?;
    println!("{}", factor.secret.expose());
    for code in factor.recovery_codes {
        println!("{}", code.expose());
    }
    db.close().await;
    Ok(())
}
