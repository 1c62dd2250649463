-- A partner is read with its identities, at every push.
CREATE INDEX identity_partner ON identity (partner, stix_id);
