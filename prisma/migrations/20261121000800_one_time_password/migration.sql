-- Whether the password was made by an administrator and shown to him: its person has to choose another one before anything
-- else opens. Of the passwords that there are nobody can say it any more, so they count as chosen.
ALTER TABLE auth_account ADD COLUMN password_is_one_time boolean NOT NULL DEFAULT false;
