//! Two nodes on one PostgreSQL and one Redis, behind nginx.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use marquee_redis::testing::TestRedis;
use marquee_storage::testing::{TestDb, postgres};
use serde_json::{Value, json};

use crate::binary::{PATIENCE, Server, call, folder, marquee, movie, until};

/// How long Redis is away.
const AWAY: Duration = Duration::from_secs(10);
const WHO: &[(&str, &str)] = &[("service-name", "amasian"), ("did", "tv")];

struct Nginx {
    child: Child,
    address: SocketAddr,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Deals requests to the nodes by turns.
fn nginx(dir: &Path, nodes: &[&Server]) -> Nginx {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let servers: String = nodes
        .iter()
        .map(|node| format!("server {};", node.address))
        .collect();
    let work = dir.display();
    // One process, so that it is gone when it is killed; it drops no rights then either.
    let config = format!(
        "daemon off; master_process off; pid {work}/nginx.pid; error_log {work}/error.log; events {{ }}\n\
         http {{ access_log off; client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f;\n\
         uwsgi_temp_path {work}/u; scgi_temp_path {work}/s; upstream nodes {{ {servers} }}\n\
         server {{ listen {address}; location / {{ proxy_pass http://nodes; proxy_set_header Host $host; }} }} }}\n"
    );
    let path = dir.join("nginx.conf");
    std::fs::write(&path, config).unwrap();
    let child = Command::new("/usr/sbin/nginx")
        .arg("-c")
        .arg(&path)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("nginx", PATIENCE, || TcpStream::connect(address).is_ok());
    Nginx { child, address }
}

fn node(dir: &Path, db: &TestDb, redis: &TestRedis) -> Server {
    std::fs::create_dir_all(dir).unwrap();
    let mut command = marquee(dir);
    command.env("MARQUEE_DATABASE__URL", &db.options.address);
    command.env("MARQUEE_REDIS__URL", redis.url());
    let secret = dir.parent().unwrap().join("secret.key");
    command.env("MARQUEE_AUTH__SECRET_FILE", secret);
    Server::with(command)
}

fn titles(server: &Server) -> u64 {
    let answer = server.call("GET", "/odx/api/v4/content/", &WHO[..1], b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["result"]["count"].as_u64().unwrap()
}

/// Saves through nginx, so on either node.
fn save(nginx: &Nginx, content: i64, position: i64) {
    let body = json!({"content_id": content, "last_position": position}).to_string();
    let headers = [WHO, &[("content-type", "application/json")]].concat();
    let path = "/odx/api/v4/continue-watching/";
    let answer = call(nginx.address, "POST", path, &headers, body.as_bytes()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The position of the only title that is being watched, from its row.
fn position(server: &Server) -> Value {
    let answer = server.call("GET", "/odx/api/v4/carousel/?slug=watching", WHO, b"");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut answer = answer.json();
    answer["result"]["results"][0]["data"]["last_position"].take()
}

#[test]
fn two_nodes_share_catalog_and_progress_and_do_without_redis() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (Some(db), Some(redis)) = (runtime.block_on(postgres()), TestRedis::start()) else {
        return;
    };
    let dir = folder();
    let one = node(&dir.path().join("one"), &db, &redis);
    let other = node(&dir.path().join("other"), &db, &redis);
    let nginx = nginx(dir.path(), &[&one, &other]);
    let token = one.token.clone().unwrap();

    // An import on one node shows on the other, although that has the answer cached.
    for n in 1..=5 {
        let before = titles(&other);
        assert_eq!(before, titles(&other));
        assert_eq!(
            one.import(&token, &movie(&format!("m{n}"))).unwrap().status,
            200
        );
        let imported = Instant::now();
        until("the import on the other node", PATIENCE, || {
            titles(&other) == before + 1
        });
        println!(
            "an import showed on the other node after {:?}",
            imported.elapsed()
        );
    }
    let row = r#"{"id":"g","kind":"row_group","surface":"browser"}
{"id":"watching","kind":"row","group":"g","slug":"watching","titles":{"en":"Watching"},"fill":"continue_watching"}"#;
    let answer = one.import(&token, row).unwrap();
    assert_eq!(answer.json()["rejected_count"], 0, "{}", answer.text());
    until("the row", PATIENCE, || {
        let path = "/odx/api/v4/carousel/?slug=watching";
        [&one, &other]
            .iter()
            .all(|node| node.call("GET", path, WHO, b"").status == 200)
    });

    // What is saved anywhere is read everywhere, at once.
    let path = "/odx/api/v4/content/movie-m1/";
    let id = one.call("GET", path, &WHO[..1], b"").json()["result"]["id"]
        .as_i64()
        .unwrap();
    let mut saved = 0;
    for _ in 0..20 {
        saved += 1;
        save(&nginx, id, saved);
        assert_eq!(
            (position(&one), position(&other)),
            (json!(saved), json!(saved))
        );
    }
    let key = format!("cw:device:tv:{id}");
    assert_eq!(redis.ask(&format!("EXISTS {key}")), ":1");

    // Redis hangs: every save is acknowledged and read, every catalog read succeeds.
    redis.pause();
    let away = Instant::now();
    while away.elapsed() < AWAY {
        saved += 1;
        save(&nginx, id, saved);
        assert_eq!(
            (position(&one), position(&other)),
            (json!(saved), json!(saved))
        );
        assert_eq!((titles(&one), titles(&other)), (5, 5));
    }
    redis.resume();
    until("the last progress on both nodes", PATIENCE, || {
        [&one, &other]
            .iter()
            .all(|node| position(node) == json!(saved))
    });
    // From then on Redis is used again, and right: whoever saves every moment is read from it too.
    let copied = || redis.ask("EXISTS cwi:1:device:tv") == ":1";
    // Each node: one that still leaves Redis alone would save past it.
    for node in [&one, &other] {
        until("the copy in Redis", PATIENCE, || {
            let dropped = redis.ask("DEL cwi:1:device:tv");
            dropped.starts_with(':') && position(node) == json!(saved) && copied()
        });
    }
    for n in 0..20 {
        saved += 1;
        save(&nginx, id, saved);
        if n % 4 == 0 {
            assert_eq!(redis.ask("DEL cwi:1:device:tv"), ":1");
        }
        assert_eq!(
            (position(&one), position(&other)),
            (json!(saved), json!(saved))
        );
        assert!(copied(), "the first read after a save makes the copy");
    }
    // What is read is what lies in Redis.
    assert_eq!(redis.ask(&format!("HSET {key} position 7")), ":0");
    assert_eq!((position(&one), position(&other)), (json!(7), json!(7)));
    saved += 1;
    save(&nginx, id, saved);
    assert_eq!(position(&other), json!(saved));
}
