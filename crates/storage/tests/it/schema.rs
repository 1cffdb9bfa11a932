//! Both schemas are one: same tables, same columns, same nullability, and a backup covers all of them.

use std::collections::BTreeSet;

use marquee_storage::{Query, Statement, backup, testing};

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_have_the_same_schema() {
    let sqlite = testing::sqlite().await;
    let sql = "SELECT m.name, p.name, CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN 'NO' ELSE 'YES' END, LOWER(p.type) \
        FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx%'";
    let of_sqlite = columns(&mut sqlite.db.reader(), sql).await;
    let tables: BTreeSet<String> = of_sqlite.iter().map(|(table, ..)| table.clone()).collect();
    let known: BTreeSet<String> = backup::table_names()
        .into_iter()
        .chain(backup::DERIVED.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(
        tables, known,
        "a backup holds every table that is not derived"
    );
    let Some(postgres) = testing::postgres().await else {
        return;
    };
    let sql = "SELECT table_name::text, column_name::text, is_nullable::text, data_type::text FROM information_schema.columns \
        WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_sqlx%'";
    assert_eq!(of_sqlite, columns(&mut postgres.db.reader(), sql).await);
}

async fn columns(
    q: &mut dyn Query,
    sql: &'static str,
) -> BTreeSet<(String, String, String, String)> {
    let rows = q.rows(Statement::new(sql)).await.unwrap();
    rows.iter()
        .map(|row| {
            let kind = match row.text(3).unwrap().as_str() {
                "integer" | "bigint" => "bigint".to_owned(),
                other => other.to_owned(),
            };
            (
                row.text(0).unwrap(),
                row.text(1).unwrap(),
                row.text(2).unwrap(),
                kind,
            )
        })
        .collect()
}
