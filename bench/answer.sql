\set turn :turn + 1
\set n :turn * 16 + :client_id
\set village :first + :n % 8
BEGIN;
SELECT state, phones_closed_at FROM surveys WHERE id = :survey FOR SHARE;
INSERT INTO spent_codes (survey_id, code_mac) SELECT slips.survey_id, slips.code_mac FROM slips JOIN print_batches ON print_batches.survey_id = slips.survey_id AND print_batches.id = slips.print_batch WHERE slips.survey_id = :survey AND slips.code_mac = decode(lpad(to_hex(:n::bigint), 64, '0'), 'hex') AND print_batches.voided_at IS NULL AND NOT EXISTS (SELECT * FROM annulled_responses WHERE survey_id = :survey AND id = 'none') ON CONFLICT DO NOTHING RETURNING survey_id, code_mac;
INSERT INTO responses (survey_id, id, unit_id, channel, version, answers, leaf) VALUES (:survey, gen_random_uuid()::text, :village, 'self_online', 1, :answers, repeat('0123456789abcdef', 4)) ON CONFLICT DO NOTHING RETURNING survey_id, id;
INSERT INTO progress (survey_id, unit_id, channel, answered) VALUES (:survey, :village, 'self_online', 1) ON CONFLICT (survey_id, unit_id, channel) DO UPDATE SET answered = progress.answered + excluded.answered;
INSERT INTO activity_counters (survey_id, unit_id, ten_minutes, fast, answers) VALUES (:survey, :village, date_trunc('hour', now()), true, 1) ON CONFLICT (survey_id, unit_id, ten_minutes, fast) DO UPDATE SET answers = activity_counters.answers + excluded.answers;
SELECT EXISTS (SELECT * FROM meetings WHERE survey_id = :survey AND unit_id = :village AND starts_at < now() AND ends_at >= now() AND announced_at < starts_at AND withdrawn_at IS NULL), (SELECT answers FROM network_counters WHERE survey_id = :survey AND unit_id = :village);
UPDATE network_counters SET answers = :groups WHERE survey_id = :survey AND unit_id = :village;
COMMIT;
