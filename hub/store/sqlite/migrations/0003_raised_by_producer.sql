-- A raised level binds the producers whose contributions were raised: what another pushes under the id later must not
-- tell it that the id was here (S17).
ALTER TABLE raised RENAME TO raised_before;
CREATE TABLE raised (
    object_id TEXT NOT NULL, producer TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (object_id, producer)
) WITHOUT ROWID;
INSERT INTO raised SELECT DISTINCT r.object_id, c.producer, r.level
    FROM raised_before r JOIN contribution c ON c.object_id = r.object_id;
DROP TABLE raised_before;
