// Package sm4x seals messages with SM4 in GCM mode and fingerprints them with SM3.
package sm4x

import (
	"crypto/cipher"
	"crypto/rand"
	"io"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Seal encrypts plain under a 16 byte key; the nonce stands in front.
func Seal(key, plain []byte) ([]byte, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := io.ReadFull(rand.Reader, nonce); err != nil {
		return nil, err
	}
	return gcm.Seal(nonce, nonce, plain, nil), nil
}

// Fingerprint is the SM3 digest of a message.
func Fingerprint(message []byte) [32]byte {
	return sm3.Sum(message)
}
