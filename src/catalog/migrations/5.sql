-- Few assets have another name: looking for one does not walk through all the others.
CREATE INDEX asset_with_aliases ON asset(id) WHERE aliases IS NOT NULL;
