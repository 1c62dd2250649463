-- Rows in lost lanes that have a successor, by place: a page that walks an opening asks for nothing else of them.
CREATE INDEX IF NOT EXISTS row_lane_place_followed ON entry_row (lane, place, since, until) WHERE next IS NOT NULL;
