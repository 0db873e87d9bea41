use domain::seed::{self, SeedOptions};
use std::time::Instant;
use testkit::TestCtx;
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timing() {
    let n: u32 = std::env::var("N").map_or(20, |n| n.parse().unwrap());
    let ctx = TestCtx::with(&[("UK_DEMO", "true")]).await;
    let t = Instant::now();
    let o = SeedOptions { apartments: n, seed: 1, now: ctx.clock.now(), company_name: "x".into() };
    seed::run(&ctx, &o, |m| println!("{:.1?} {m}", t.elapsed())).await.unwrap();
    println!("{:.1?} done", t.elapsed());
    let mut admin = ctx.database.superuser().await;
    let out: Vec<(String, i64)> = sqlx::query_as(
        "select relname::text, n_live_tup from pg_stat_user_tables where n_live_tup > 0 order by 2 desc",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    println!("{out:?}");
    if std::env::var("KEEP").is_ok() {
        let d = ctx.dir.path().to_owned();
        println!("{d:?}");
        std::process::Command::new("cp").arg("-r").arg(d).arg("/tmp/seedblobs").status().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(std::env::var("KEEP").unwrap().parse().unwrap()));
    }
}
