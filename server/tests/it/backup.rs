//! A backup of the real product while it works, and the same installation made of it elsewhere.

use crate::product::Product;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Output};
use testkit::photo;

async fn file(product: &Product, token: &str, text: &str) -> Value {
    let houses = product.get(token, "/api/v1/buildings").await;
    let body = json!({ "building_id": houses["items"][0]["id"], "category": "yard", "description": text });
    let call = product.http.post(product.url("/api/v1/requests")).bearer_auth(token).json(&body);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

async fn status(product: &Product, token: &str, card: &Value) -> u16 {
    let path = format!("/api/v1/requests/{}", card["id"].as_str().unwrap());
    product.http.get(product.url(&path)).bearer_auth(token).send().await.unwrap().status().as_u16()
}

async fn bytes(product: &Product, token: &str, picture: &str) -> Vec<u8> {
    let call = product.http.get(product.url(&format!("/api/v1/files/{picture}"))).bearer_auth(token);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.bytes().await.unwrap().to_vec()
}

#[track_caller]
fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(why), "{said}");
}

/// Modes of all files below a folder.
fn modes(folder: &Path) -> Vec<u32> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            all.extend(modes(&entry.path()));
        } else {
            all.push(entry.metadata().unwrap().permissions().mode() & 0o777);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_at_work_makes_the_same_installation_elsewhere() {
    let product = Product::seeded(Vec::new()).await;
    let server = product.start().await;
    let token = product.token("dispatcher").await;
    let before = file(&product, &token, "Упал фонарь").await;
    let form = Form::new().part("photos", Part::bytes(photo()).file_name("p.jpg"));
    let call = product.http.post(product.url("/api/v1/files")).bearer_auth(&token).multipart(form);
    let uploaded: Value = call.send().await.unwrap().json().await.unwrap();
    let picture = uploaded[0]["id"].as_str().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("today");
    let to = place.to_str().unwrap();
    let said = done(&product.run(&["backup", to]).await);
    assert!(said.contains("secrets"), "{said}");
    assert!(modes(&place).iter().all(|mode| *mode == 0o600), "{:?}", modes(&place));
    assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o700);
    refused(&product.run(&["backup", to]).await, "is not empty");
    refused(&product.run(&["restore", to, "--force"]).await, "already uses the data folder");
    let after = file(&product, &token, "Упал второй фонарь").await;
    let shown = bytes(&product, &token, picture).await;
    product.stop(server).await;

    // Elsewhere, where nothing is: the keys came along, so what was signed with them still holds.
    let other = Product::bare(Vec::new());
    done(&other.run(&["restore", to]).await);
    let server = other.start().await;
    assert_eq!(status(&other, &token, &before).await, 200);
    assert_eq!(status(&other, &token, &after).await, 404, "it came after the backup");
    assert_eq!(bytes(&other, &token, picture).await, shown);
    let newest = file(&other, &token, "Упал третий фонарь").await;
    assert!(newest["number"].as_i64() > before["number"].as_i64(), "{newest}");
    let owner = other.token("owner").await;
    let seen = other.get(&owner, "/api/v1/operations").await;
    for part in ["queues", "dead", "schedules", "deliveries", "outbox", "database"] {
        assert!(!seen[part].is_null(), "{part} cannot be read");
    }
    other.stop(server).await;

    // Over what is there only when that is said, and then as it was; what is migrated is migrated once.
    refused(&other.run(&["restore", to]).await, "--force");
    done(&other.run(&["restore", to, "--force"]).await);
    done(&other.run(&["migrate"]).await);
    let server = other.start().await;
    assert_eq!(status(&other, &token, &before).await, 200);
    assert_eq!(status(&other, &token, &newest).await, 404);
    other.stop(server).await;

    // A copy that breaks off while it is read: the data that were there stay, and their keys.
    let (manifest, dump) = (place.join("manifest.json"), place.join("database.dump"));
    let whole = fs::read_to_string(&manifest).unwrap();
    let (copy, keys) = (fs::read(&dump).unwrap(), fs::read(place.join("secrets.toml")).unwrap());
    let short = &copy[..copy.len() - 500];
    let mut agrees: Value = serde_json::from_str(&whole).unwrap();
    agrees["dump"] = Sha256::digest(short).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    fs::write(&dump, short).unwrap();
    fs::write(&manifest, agrees.to_string()).unwrap();
    fs::write(place.join("secrets.toml"), [keys.as_slice(), b"# other\n"].concat()).unwrap();
    refused(&other.run(&["restore", to, "--force"]).await, "pg_restore failed");
    assert_eq!(fs::read(other.data.path().join("secrets.toml")).unwrap(), keys);
    fs::write(place.join("secrets.toml"), &keys).unwrap();
    fs::write(&dump, &copy).unwrap();
    let server = other.start().await;
    assert_eq!(status(&other, &token, &before).await, 200);
    other.stop(server).await;

    // Nothing is touched for a backup that cannot be: of a later version, damaged, half.
    let mut later: Value = serde_json::from_str(&whole).unwrap();
    later["steps"].as_array_mut().unwrap().push(json!([999_999, "00"]));
    fs::write(&manifest, later.to_string()).unwrap();
    refused(&other.run(&["restore", to, "--force"]).await, "newer UK CRM");
    fs::write(&manifest, whole).unwrap();
    let mut copy = copy;
    let middle = copy.len() / 2;
    copy[middle] ^= 1;
    fs::write(&dump, copy).unwrap();
    refused(&other.run(&["restore", to, "--force"]).await, "is damaged");
    fs::remove_file(&manifest).unwrap();
    refused(&other.run(&["restore", to, "--force"]).await, "no whole backup");
    let server = other.start().await;
    assert_eq!(status(&other, &token, &before).await, 200);
    other.stop(server).await;
}
