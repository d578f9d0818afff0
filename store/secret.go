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

// place is the additional data: a sealed value that was moved to another row does not open.
func (w *Workspace) place(connection, name string) []byte {
	return []byte(w.id + "\x00" + connection + "\x00" + name)
}

// PutSecret seals and keeps a value. Rejected when the store was opened without a key.
func (w *Workspace) PutSecret(ctx context.Context, connection, name string, value []byte) error {
	connection, name = clean(connection), clean(name)
	k := w.s.seal
	if k == nil {
		return noKey(connection, name)
	}
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return cardea.Errorf(cardea.Retry, "no randomness for a nonce: %w", err)
	}
	p := gen.PutSecretParams{
		WorkspaceID: w.id, Connection: connection, Name: name, KeyID: k.id, Nonce: nonce,
		Sealed: k.aead.Seal(nil, nonce, value, w.place(connection, name)),
	}
	return w.write(ctx, "keeping a secret", nil, func(q *gen.Queries) error { return q.PutSecret(ctx, p) })
}

// Secret opens a value. NotFound when there is none; Auth when it was sealed with another key or does not open.
func (w *Workspace) Secret(ctx context.Context, connection, name string) ([]byte, error) {
	connection, name = clean(connection), clean(name)
	k := w.s.seal
	if k == nil {
		return nil, noKey(connection, name)
	}
	row, err := w.s.queries().Secret(ctx, gen.SecretParams{WorkspaceID: w.id, Connection: connection, Name: name})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, cardea.Errorf(cardea.NotFound, "no secret %q of the connection %s is kept", name, connection)
	case err != nil:
		return nil, classed("reading a secret", err)
	case row.KeyID != k.id:
		return nil, cardea.Errorf(cardea.Auth, "the secret %q of the connection %s was sealed with the key %s, and this is %s: "+
			"start with that key, or give the secret again", name, connection, row.KeyID, k.id)
	case len(row.Nonce) != k.aead.NonceSize():
		return nil, cardea.Errorf(cardea.Auth, "the secret %q of the connection %s is damaged: give it again", name, connection)
	}
	value, err := k.aead.Open(nil, row.Nonce, row.Sealed, w.place(connection, name))
	if err != nil {
		return nil, cardea.Errorf(cardea.Auth, "the secret %q of the connection %s does not open: it was changed or moved; "+
			"give it again", name, connection)
	}
	return value, nil
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

func noKey(connection, name string) error {
	return cardea.Errorf(cardea.Rejected,
		"the secret %q of the connection %s needs the key for secrets, and Cardea was started without one", name, connection)
}
