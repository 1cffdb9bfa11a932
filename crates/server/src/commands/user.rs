//! `user`: people's accounts from the command line, beside a running server.

use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::{Context, bail};
use marquee_domain::account::{Account, Role};
use marquee_domain::clock::rfc3339;
use marquee_domain::{DisplayName, UiLanguage};
use marquee_identity::{Address, IdentityError, NewPerson, Password, Refusal};

use super::open;
use crate::app::App;
use crate::cli::{Common, RoleArg, User};

/// Accounts that are read at once.
const PAGE: i64 = 200;

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Operator => Self::Operator,
        }
    }
}

/// Does what is asked.
pub(super) async fn run(what: User) -> anyhow::Result<ExitCode> {
    match what {
        User::Add {
            address,
            name,
            role,
            password_stdin,
            common,
        } => {
            let password = password_stdin.then(read_password).transpose()?;
            let app = open(&common).await?;
            add(&app, &address, &name, role.into(), password.as_ref()).await?;
            app.db.close().await;
        }
        User::List { common } => {
            let app = open(&common).await?;
            list(&app).await?;
            app.db.close().await;
        }
        User::Role {
            address,
            role,
            common,
        } => {
            let role = Role::from(role);
            with(&address, &common, async |app, account| {
                app.identity.set_role(account, role).await?;
                Ok(format!("{} is {} now", account.email, role.as_str()))
            })
            .await?;
        }
        User::ResetPassword { address, common } => {
            with(&address, &common, async |app, account| {
                app.identity.send_reset(account).await?;
                Ok(format!("a mail to {} is on its way", account.email))
            })
            .await?;
        }
        User::EndSessions { address, common } => {
            with(&address, &common, async |app, account| {
                let ended = app.identity.end_sessions(account).await?;
                Ok(format!("{ended} sessions ended"))
            })
            .await?;
        }
        User::Suspend { address, common } => suspend(&address, true, &common).await?,
        User::Restore { address, common } => suspend(&address, false, &common).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read_password() -> anyhow::Result<Password> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("no password came on standard input");
    }
    Ok(Password::new(line))
}

fn parse(address: &str) -> anyhow::Result<Address> {
    Address::parse(address).with_context(|| format!("{address:?} is not an e-mail address"))
}

async fn add(
    app: &App,
    address: &str,
    name: &str,
    role: Role,
    password: Option<&Password>,
) -> anyhow::Result<()> {
    let address = parse(address)?;
    let name = DisplayName::parse(name).map_err(|fault| anyhow::anyhow!("the name {fault}"))?;
    let made = app.identity.add_person(NewPerson {
        address: &address,
        password,
        display_name: &name,
        role,
        language: UiLanguage::En,
    });
    match made.await {
        Ok(account) => {
            println!("{} {}", account.uuid, account.email);
            if password.is_none() {
                eprintln!("a mail that sets the password is on its way");
            }
            Ok(())
        }
        Err(IdentityError::Refused(Refusal::AddressTaken)) => {
            bail!("there is an account with that address already")
        }
        Err(IdentityError::Refused(Refusal::PasswordBad(fault))) => bail!("the password: {fault}"),
        Err(error) => Err(error.into()),
    }
}

async fn list(app: &App) -> anyhow::Result<()> {
    let mut after = String::new();
    loop {
        let people = app.identity.people(&after, PAGE).await?;
        for account in &people {
            println!(
                "{}\t{}\t{}\t{}\t{}",
                account.email,
                account.role.as_str(),
                account.state.as_str(),
                rfc3339(account.created_at),
                account.uuid
            );
        }
        match people.last().and_then(|last| Address::parse(&last.email)) {
            Some(last) if last.key() > after.as_str() => last.key().clone_into(&mut after),
            _ => return Ok(()),
        }
    }
}

/// Does something with the account of an address, and says what was done.
async fn with(
    address: &str,
    common: &Common,
    work: impl AsyncFnOnce(&App, &Account) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let address = parse(address)?;
    let app = open(common).await?;
    let account = app.identity.person(&address).await?;
    let account = account.context("there is no account with that address")?;
    eprintln!("{}", work(&app, &account).await?);
    app.db.close().await;
    Ok(())
}

async fn suspend(address: &str, suspended: bool, common: &Common) -> anyhow::Result<()> {
    with(address, common, async |app, account| {
        if !app.identity.set_suspended(account, suspended).await? {
            let state = account.state.as_str();
            bail!("the account is {state}; that cannot be changed so");
        }
        let now = if suspended { "suspended" } else { "open again" };
        Ok(format!("{} is {now}", account.email))
    })
    .await
}
