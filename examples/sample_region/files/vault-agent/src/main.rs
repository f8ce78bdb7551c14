//! Hands out wrapped keys to services of one host.

use openssl::hash::{hash, MessageDigest};
use openssl::rsa::{Padding, Rsa};
use openssl::symm::{encrypt_aead, Cipher};

const WRAP_BITS: u32 = 2048;

/// Fingerprint of a key as shown to the operator.
fn fingerprint(key: &[u8]) -> Vec<u8> {
    hash(MessageDigest::sha256(), key).expect("digest").to_vec()
}

/// Wrap a data key for a service.
fn wrap(public_pem: &[u8], data_key: &[u8]) -> Vec<u8> {
    let rsa = Rsa::public_key_from_pem(public_pem).expect("public key");
    let mut wrapped = vec![0; rsa.size() as usize];
    rsa.public_encrypt(data_key, &mut wrapped, Padding::PKCS1_OAEP)
        .expect("wrap");
    wrapped
}

fn seal(key: &[u8], nonce: &[u8], plain: &[u8]) -> (Vec<u8>, [u8; 16]) {
    let mut tag = [0u8; 16];
    let sealed = encrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), &[], plain, &mut tag)
        .expect("seal");
    (sealed, tag)
}

fn main() {
    let pair = Rsa::generate(WRAP_BITS).expect("key pair");
    let public = pair.public_key_to_pem().expect("pem");
    let wrapped = wrap(&public, &[7u8; 32]);
    let (sealed, tag) = seal(&[1u8; 32], &[0u8; 12], b"ready");
    println!("{} {} {} {}", fingerprint(&public).len(), wrapped.len(), sealed.len(), tag.len());
}
