//! Rebuilds the binary when the built web page or the demo changes.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=../../demo");
}
