//! Whether a television is where whoever is asked is.

use marquee_identity::{Client, Identity};
use marquee_storage::testing::{TestDb, on_both};

use crate::fixture::{House, client};

on_both!(neighbours_are_another_home,);

fn home(node: &Identity, ip: &str) -> String {
    let ip = (!ip.is_empty()).then(|| ip.parse().unwrap());
    node.home(&Client { ip, ..client() })
}

async fn neighbours_are_another_home(test: TestDb) {
    let house = House::new(test);
    let node = house.node();
    for (one, other, same) in [
        // One address for a home, and the next one is the neighbours'.
        ("203.0.113.7", "203.0.113.7", true),
        ("203.0.113.7", "203.0.113.8", false),
        // Behind a provider's own translation, too (RFC 6598).
        ("100.64.1.7", "100.64.1.8", false),
        // Inside of a home each device has its own.
        ("192.168.1.20", "192.168.1.31", true),
        ("192.168.1.20", "192.168.2.20", false),
        ("10.0.0.5", "::ffff:10.0.0.6", true),
        ("2001:db8:1:2::5", "2001:db8:1:2:aa::6", true),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", false),
    ] {
        let homes = [one, other].map(|ip| home(&node, ip));
        assert_eq!(homes[0] == homes[1], same, "{one} {other}");
        // What is stored does not say which.
        assert!(!homes[0].contains("203") && homes[0].len() > 20);
    }
    assert_eq!(home(&node, ""), "");
    let kinds = ["203.0.113.7", "2001:db8::1"].map(|ip| home(&node, ip)[..2].to_owned());
    assert_eq!(kinds, ["4:", "6:"]);
    // Nobody can find out with another server which it is.
    assert_eq!(
        home(&house.node(), "203.0.113.7"),
        home(&node, "203.0.113.7")
    );
}
