-- The tables as the first collector made them, which counted its schemas itself: sqlite3 collector.sqlite .schema
CREATE TABLE about (
	name VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE keys (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	token_sha256 BLOB NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (name), 
	UNIQUE (token_sha256)
);
CREATE TABLE forms (
	id INTEGER NOT NULL, 
	form_id VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	xform BLOB NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (form_id, version)
);
CREATE TABLE media (
	form INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (form, name), 
	FOREIGN KEY(form) REFERENCES forms (id)
);
CREATE TABLE submissions (
	id INTEGER NOT NULL, 
	instance_id VARCHAR NOT NULL, 
	form_id VARCHAR NOT NULL, 
	version VARCHAR NOT NULL, 
	sealed BOOLEAN NOT NULL, 
	xml BLOB NOT NULL, 
	"key" INTEGER NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (instance_id), 
	FOREIGN KEY("key") REFERENCES keys (id)
);
CREATE INDEX ix_submissions_form_id ON submissions (form_id);
CREATE TABLE attachments (
	submission INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	content_type VARCHAR NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (submission, name), 
	FOREIGN KEY(submission) REFERENCES submissions (id)
);
INSERT INTO about VALUES ('schema', '1');
