package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/cardea-access/cardea"
	"github.com/cardea-access/cardea/store/internal/gen"
)

// keySize is AES-256's.
const keySize = 32

// tokenName is the secret under which a connection's token is kept.
const tokenName = "token"

// sealer seals with AES-256-GCM. A value opens only for the workspace, connection and name it was sealed for.
type sealer struct {
	aead cipher.AEAD
	id   string // tells keys apart without telling anything about them
}

func newSealer(key []byte) (*sealer, error) {
	if len(key) == 0 {
		return nil, nil //nolint:nilnil // no key, no sealer
	}
	if len(key) != keySize {
		return nil, cardea.Errorf(cardea.Rejected, "the key for secrets has %d bytes: want %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "the key for secrets cannot be used: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, cardea.Errorf(cardea.Rejected, "the key for secrets cannot be used: %w", err)
	}
	sum := sha256.Sum256(append([]byte("cardea key id\x00"), key...))
	return &sealer{aead: aead, id: hex.EncodeToString(sum[:8])}, nil
}

// seal returns the sealed value with what it takes to open it. What names the secret in errors. A nil sealer refuses.
func (k *sealer) seal(what string, place, value []byte) (keyID string, nonce, sealed []byte, err error) {
	if k == nil {
		return "", nil, nil, noKey(what)
	}
	nonce = make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", nil, nil, cardea.Errorf(cardea.Retry, "no randomness for a nonce: %w", err)
	}
	return k.id, nonce, k.aead.Seal(nil, nonce, value, place), nil
}

// open is the way back: Auth when the value was sealed with another key or for another place, or was changed.
func (k *sealer) open(what string, place []byte, keyID string, nonce, sealed []byte) ([]byte, error) {
	switch {
	case k == nil:
		return nil, noKey(what)
	case keyID != k.id:
		return nil, cardea.Errorf(cardea.Auth, "%s was sealed with the key %s, and this is %s: start with that key, or give the "+
			"secret again", what, keyID, k.id)
	case len(nonce) != k.aead.NonceSize():
		return nil, cardea.Errorf(cardea.Auth, "%s is damaged: give it again", what)
	}
	value, err := k.aead.Open(nil, nonce, sealed, place)
	if err != nil {
		return nil, cardea.Errorf(cardea.Auth, "%s does not open: it was changed or moved; give it again", what)
	}
	return value, nil
}

// place is the additional data: a sealed value that was moved to another row does not open.
func (w *Workspace) place(connection, name string) []byte {
	return []byte(w.id + "\x00" + connection + "\x00" + name)
}

// PutSecret seals and keeps a value. Rejected when the store was opened without a key.
func (w *Workspace) PutSecret(ctx context.Context, connection, name string, value []byte) error {
	connection, name = clean(connection), clean(name)
	p := gen.PutSecretParams{WorkspaceID: w.id, Connection: connection, Name: name}
	var err error
	if p.KeyID, p.Nonce, p.Sealed, err = w.s.seal.seal(secretName(connection, name), w.place(connection, name), value); err != nil {
		return err
	}
	return w.write(ctx, "keeping a secret", nil, func(q *gen.Queries) error { return q.PutSecret(ctx, p) })
}

// Secret opens a value. NotFound when there is none; Auth when it was sealed with another key or does not open.
func (w *Workspace) Secret(ctx context.Context, connection, name string) ([]byte, error) {
	connection, name = clean(connection), clean(name)
	if w.s.seal == nil {
		return nil, noKey(secretName(connection, name))
	}
	row, err := w.s.queries().Secret(ctx, gen.SecretParams{WorkspaceID: w.id, Connection: connection, Name: name})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, cardea.Errorf(cardea.NotFound, "no secret %q of the connection %s is kept", name, connection)
	case err != nil:
		return nil, classed("reading a secret", err)
	}
	return w.s.seal.open(secretName(connection, name), w.place(connection, name), row.KeyID, row.Nonce, row.Sealed)
}

func secretName(connection, name string) string {
	return fmt.Sprintf("the secret %q of the connection %s", name, connection)
}

// LoadToken returns a connection's token, or nil when none is kept.
func (w *Workspace) LoadToken(ctx context.Context, name string) ([]byte, error) {
	b, err := w.Secret(ctx, name, tokenName)
	if cardea.ClassOf(err) == cardea.NotFound {
		return nil, nil
	}
	return b, err
}

// SaveToken keeps a connection's token.
func (w *Workspace) SaveToken(ctx context.Context, name string, token []byte) error {
	return w.PutSecret(ctx, name, tokenName, token)
}

func noKey(what string) error {
	return cardea.Errorf(cardea.Rejected, "%s needs the key for secrets, and Cardea was started without one: "+
		"set CARDEA_KEY to 64 hex digits (make them with: openssl rand -hex 32) and start again", what)
}
