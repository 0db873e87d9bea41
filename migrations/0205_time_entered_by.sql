-- Time that the desk writes down for a worker keeps who wrote it.
alter table request_times add column entered_by text check (length(entered_by) <= 300);
