//! `sqlx::migrate!` embeds the migrations; without this a new file would not cause a rebuild.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
