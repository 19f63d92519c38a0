-- PSPs of the scheme as the last import told them.
CREATE TABLE vop_peers (
  bic text PRIMARY KEY,
  entry text NOT NULL
);
