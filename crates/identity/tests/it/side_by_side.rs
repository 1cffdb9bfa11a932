//! Two calls about the same accounts at the same moment, on two nodes: nobody loses what neither of them may take.

use marquee_domain::AccountId;
use marquee_domain::account::{AccountState, Provider, Viewer};
use marquee_identity::{Address, Identity, OwnProof, Password, Proof, Refusal};
use marquee_storage::credentials::{self, SocialIdentity};
use marquee_storage::testing::{TestDb, on_both};
use marquee_storage::{accounts, merges};

use crate::fixture::{House, NOW, PASSWORD, client, refusal, somebody};

on_both!(
    two_accounts_do_not_go_into_each_other,
    nothing_goes_into_an_account_that_is_deleted,
    the_last_way_to_sign_in_stays,
);

/// Rounds of each race.
const ROUNDS: usize = 12;

/// Somebody new, and what their calls come with.
async fn person(node: &Identity, name: &str, round: usize) -> (Address, Viewer) {
    let address = Address::parse(&format!("{name}{round}@example.org")).unwrap();
    let signed_in = somebody(node, address.typed()).await;
    let viewer = node.viewer(signed_in.access_token.expose()).await.unwrap();
    (address, viewer)
}

async fn merge(node: &Identity, into: &Viewer, other: &Address) -> Option<Refusal> {
    let password = Password::new(PASSWORD);
    let proof = Proof::Password(other, &password);
    refusal(node.merge_accounts(into, (proof, None), &client()).await)
}

async fn state(house: &House, id: AccountId) -> Option<AccountState> {
    let found = accounts::by_id(&mut house.test.db.reader(), id).await;
    found.unwrap().map(|account| account.state)
}

async fn two_accounts_do_not_go_into_each_other(test: TestDb) {
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    for round in 0..ROUNDS {
        let (sam, sam_viewer) = person(&one, "sam", round).await;
        let (kim, kim_viewer) = person(&one, "kim", round).await;
        let both = (
            merge(&one, &sam_viewer, &kim),
            merge(&other, &kim_viewer, &sam),
        );
        let refused = tokio::join!(both.0, both.1);
        let went = [refused.0, refused.1];
        assert_eq!(
            went.iter().filter(|refusal| refusal.is_none()).count(),
            1,
            "{went:?}"
        );
        let states = [
            state(&house, sam_viewer.id).await,
            state(&house, kim_viewer.id).await,
        ];
        assert!(states.contains(&Some(AccountState::Active)), "{states:?}");
        assert!(states.contains(&Some(AccountState::Merged)), "{states:?}");
    }
}

async fn nothing_goes_into_an_account_that_is_deleted(test: TestDb) {
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    for round in 0..ROUNDS {
        let (_, sam) = person(&one, "sam", round).await;
        let (kim, kim_viewer) = person(&one, "kim", round).await;
        let password = Password::new(PASSWORD);
        let proof = OwnProof::Password(&password);
        let here = client();
        let delete = other.delete_account(&sam, proof, &here);
        let (deleted, _) = tokio::join!(delete, merge(&one, &sam, &kim));
        if refusal(deleted).is_some() {
            // The other one was first, and a merge came in while it looked: it is asked to come back.
            other.delete_account(&sam, proof, &here).await.unwrap();
        }
        assert_eq!(state(&house, sam.id).await, None);
        // Either it went in before and is gone with it, or it is as it was.
        let left = state(&house, kim_viewer.id).await;
        assert!(
            matches!(left, None | Some(AccountState::Active)),
            "{left:?}"
        );
        let mut reader = house.test.db.reader();
        let merges = merges::into_account(&mut reader, sam.id).await.unwrap();
        assert_eq!(merges, []);
    }
}

async fn the_last_way_to_sign_in_stays(test: TestDb) {
    let house = House::new(test);
    let (one, other) = (house.node(), house.node());
    for round in 0..ROUNDS {
        let (_, viewer) = person(&one, "ann", round).await;
        let id = viewer.id;
        // As if it had been made with a provider, and another one linked.
        let mut unit = house.test.db.begin().await.unwrap();
        let sql = "DELETE FROM passwords WHERE account_id = $1";
        let gone = marquee_storage::Statement::new(sql).bind(id.0);
        unit.execute(gone).await.unwrap();
        for provider in [Provider::Google, Provider::Apple] {
            let identity = SocialIdentity {
                provider,
                subject: format!("{round}"),
                account: id,
                email: String::new(),
                linked_at: NOW,
            };
            credentials::link_social(&mut unit, &identity)
                .await
                .unwrap();
        }
        unit.save().await.unwrap();
        let here = client();
        let (google, apple) = tokio::join!(
            one.unlink(&viewer, Provider::Google, &here),
            other.unlink(&viewer, Provider::Apple, &here)
        );
        let refused = [refusal(google), refusal(apple)];
        assert!(refused.contains(&Some(Refusal::LastMethod)), "{refused:?}");
        let left = credentials::socials_of(&mut house.test.db.reader(), id).await;
        assert_eq!(left.unwrap().len(), 1);
    }
}
